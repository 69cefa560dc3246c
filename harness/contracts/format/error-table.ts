import { errorCatalogue } from '../error-catalogue.ts';

const heading = `# Errors

Every expected failure has a stable code, \`area/what\`. Made from \`harness/contracts/errors/\` by \`npm run docs\`; a test
holds both in step. The class says whose fault it is: only a declared limit on valid data makes a \`fail\`, an error of
the infrastructure never does. Retry: *automatic* is done by the harness (at most three attempts, all shown),
*after-remedy* waits for a person, *never* would fail again.

| code | class | retry | what to do |
|---|---|---|---|
`;

/** `harness/docs/errors.md`, from the catalogue. */
export function errorTable(): string {
  const rows = Object.entries(errorCatalogue)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, entry]) => `| \`${code}\` | ${entry.class} | ${entry.retry} | ${entry.remedy} |`);
  return `${heading}${rows.join('\n')}\n`;
}
