/** Writes the pages that are made from code: `npm run docs`. */
import { writeFileSync } from 'node:fs';

import { errorTable } from '#harness/contracts/format/error-table.ts';

writeFileSync(new URL('../docs/errors.md', import.meta.url), errorTable());
