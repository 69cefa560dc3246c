import { formatTable } from '#harness/kernel/format/table.ts';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Checks as lines: the word first, never colour alone. Pure. */
export function checkLines(checks: readonly Check[]): string {
  return formatTable(
    [
      { title: 'result', cell: ({ ok }: Check) => (ok ? 'ok' : 'FAILED') },
      { title: 'check', cell: ({ name }) => name },
      { title: 'detail', cell: ({ detail }) => detail },
    ],
    checks,
  );
}
