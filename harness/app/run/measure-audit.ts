import { encodeLegAnswer } from '#harness/judge/compliance/leg-answers.ts';
import { legListFile, encodeLegList, type LegEntry } from '#harness/judge/compliance/leg-files.ts';

import { startIssueThread } from '../load/issue-thread.ts';
import { auditLegs, sizedLikeBase, type AuditLegPlan } from './audit-legs.ts';
import type { RunBench } from './run-bench.ts';
import { hasSchedule, runLoadToFile } from './run-load-to-file.ts';
import { writeEvidence } from './write-evidence.ts';

function legEntry({ role, file, answersFile }: AuditLegPlan): LegEntry {
  return { role, file, ...(answersFile === undefined ? {} : { answersFile }) };
}

/**
 * The legs of a compliance audit, base and audit interleaved, each a load of its own with its own query log. The list
 * is written anew after each leg, so that what was measured before a failure can be read.
 *
 * @throws LabError of the device, evidence/…
 */
export async function measureAudit(bench: RunBench, signal: AbortSignal): Promise<void> {
  const { order, settings } = bench;
  const plans = auditLegs(settings);
  const done: LegEntry[] = [];
  let baseQueryCount = 0;
  await using stack = new AsyncDisposableStack();
  const issueThread = hasSchedule(settings)
    ? stack.use(await startIssueThread({ originNs: bench.originNs.toString() }, signal))
    : undefined;
  for (const plan of plans) {
    const { doneCount, answers } = await runLoadToFile(
      bench,
      {
        settings: sizedLikeBase(plan, baseQueryCount),
        file: plan.file,
        step: 'performance',
        notePrefix: `leg ${plan.legNumber} of ${plans.length} (${plan.role}), `,
        ...(issueThread === undefined ? {} : { issueThread }),
      },
      signal,
    );
    if (plan.role === 'base') baseQueryCount = doneCount;
    if (plan.answersFile !== undefined)
      writeEvidence(order.bundleDir, plan.answersFile, answers.map(encodeLegAnswer).join(''));
    done.push(legEntry(plan));
    writeEvidence(order.bundleDir, legListFile, encodeLegList(done));
  }
}
