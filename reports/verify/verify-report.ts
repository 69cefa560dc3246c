import { LabError } from '#harness/kernel/lab-error.ts';

/** One thing that was checked. */
export interface VerifyCheck {
  /** Kebab-case and stable: `record-signature`. */
  readonly name: string;
  readonly ok: boolean;
  /** One sentence: what holds, or what does not. */
  readonly detail: string;
}

/** A number that the record states otherwise than the raw files do. */
export interface VerifyDifference {
  /** Where in the record: `results.latency.p90Ns`. */
  readonly path: string;
  readonly recorded: string;
  readonly derived: string;
}

/** What verification found. */
export interface VerifyReport {
  /** True when every check passed. */
  readonly ok: boolean;
  readonly checks: readonly VerifyCheck[];
  readonly differences: readonly VerifyDifference[];
  /** What could not be checked with the files at hand, a sentence each. */
  readonly notChecked: readonly string[];
}

/** Collects checks; one that fails does not stop the others. */
export interface CheckList {
  /**
   * Runs a check.
   *
   * @param check - throws a LabError when it fails; gives the sentence and, where later checks need it, a value
   * @returns the value, or undefined when it failed
   */
  readonly run: <Value>(
    name: string,
    check: () => { readonly detail: string; readonly value: Value },
  ) => Value | undefined;
  readonly differ: (differences: readonly VerifyDifference[]) => void;
  readonly notChecked: (sentence: string) => void;
  readonly report: () => VerifyReport;
}

/** An empty list of checks. */
export function checkList(): CheckList {
  const checks: VerifyCheck[] = [];
  const differences: VerifyDifference[] = [];
  const notChecked: string[] = [];
  return {
    run: (name, check) => {
      try {
        const { detail, value } = check();
        checks.push({ name, ok: true, detail });
        return value;
      } catch (error) {
        // Whatever a hostile file makes fail is a failed check, not a crash.
        const problem = error instanceof Error ? error.message : String(error);
        const detail = error instanceof LabError ? problem : `Could not be read: ${problem}`;
        checks.push({ name, ok: false, detail });
        return undefined;
      }
    },
    differ: (found) => differences.push(...found),
    notChecked: (sentence) => notChecked.push(sentence),
    report: () => ({ ok: checks.every((check) => check.ok), checks, differences, notChecked }),
  };
}
