import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';

import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import { deriveResults } from '#harness/judge/derive-results.ts';
import { encodeLegList, legListFile, legLogFile } from '#harness/judge/compliance/leg-files.ts';
import { encodeProbes, probesFile } from '#harness/judge/raw/probes.ts';
import { queryLogFile, queryLogMagic } from '#harness/judge/raw/query-log-file.ts';
import { queryRowWordCount, rowStatus, writeQueryRow } from '#harness/judge/raw/query-row.ts';
import { judgeRun } from '#harness/judge/rules.ts';

import { openRawEvidence } from '../evidence/open-raw-evidence.ts';
import { sealBundle } from '../evidence/seal-bundle.ts';
import { sampleKeys } from '../testing/sample-bundle.ts';
import { writeSampleEvidence } from '../testing/sample-evidence.ts';
import { sampleInstants, sampleRun } from '../testing/sample-raw-files.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { verifyBundle } from './verify-bundle.ts';
