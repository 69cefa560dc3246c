import { formatTable } from '#harness/kernel/format/table.ts';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** There was nothing to look at. */
  readonly notTried?: boolean;
}

function resultWord({ ok, notTried }: Check): string {
  if (notTried === true) return 'not tried';
  return ok ? 'ok' : 'FAILED';
}

/** Checks as lines: the word first, never colour alone. Pure. */
export function checkLines(checks: readonly Check[]): string {
  return formatTable(
    [
      { title: 'result', cell: (check: Check) => resultWord(check) },
      { title: 'check', cell: ({ name }) => name },
      { title: 'detail', cell: ({ detail }) => detail },
    ],
    checks,
  );
}
