import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { loadLabConfig } from '#harness/config/load-lab-config.ts';
import type { RunEvent, RunOutcome } from '#harness/contracts/run-event.ts';
import { runPhases, type PhaseDeadlinesMs } from '#harness/engine/run-phases.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { onnxInferenceRuntime } from '#suites/runtime/onnx-inference-runtime.ts';

import { findBoard, findPowerMeter, findSuite } from '../lab/find-entry.ts';
import { collectRun } from './collect-run.ts';
import { measure } from './measure.ts';
import { openReadingLog } from './reading-log.ts';
import type { RunBench } from './run-bench.ts';
import { openRunLog } from './run-log.ts';
import type { RunOrder } from './run-order.ts';
import { runSettings } from './run-settings.ts';
import { settle } from './settle.ts';
import { release, verify } from './steps-after.ts';
import { probe, secure } from './steps-before.ts';
import { confirmBoot, deploy, identify } from './steps-deploy.ts';

const minute = 60_000;

/** The longest that each phase may take. Measuring is bounded by the suite's own deadlines well before. */
const deadlinesMs: PhaseDeadlinesMs = {
  securing: 3 * minute,
  identifying: 30_000,
  deploying: 10 * minute,
  booting: minute,
  probing: minute,
  settling: 30_000,
  measuring: 12 * 60 * minute,
  verifying: 30_000,
  releasing: 30_000,
  collecting: 2 * minute,
};

/** How long a step may go on after it was told to stop. */
const windUpMs = 3000;

async function openBench(
  order: RunOrder,
  tell: (event: RunEvent) => void,
): Promise<{ readonly bench: RunBench; readonly closeLogs: () => void }> {
  const originNs = process.hrtime.bigint();
  const clock = systemClock(originNs);
  const startedAtUtcMs = clock.utcMs();
  const lab = await loadLabConfig(order.configPath);
  const board = findBoard(lab, order.boardId);
  const suite = findSuite(lab, order.suiteId);
  const instrument = findPowerMeter(lab, board);
  mkdirSync(join(order.bundleDir, 'raw'), { recursive: true });
  const log = openRunLog(join(order.bundleDir, 'log.jsonl'), clock);
  const readings = openReadingLog(order.bundleDir);
  const bench: RunBench = {
    lab,
    order,
    board,
    suite,
    instrument,
    settings: runSettings(lab, order),
    clock,
    originNs,
    startedAtUtcMs,
    inference: onnxInferenceRuntime(),
    log: log.write,
    onReading: readings.write,
    tell,
    found: { recovery: [] },
  };
  return {
    bench,
    closeLogs: () => {
      try {
        readings.close();
      } finally {
        log.close();
      }
    },
  };
}

/**
 * One attempt on one board, from securing to sealed evidence. Always ends with the board released.
 *
 * @param tell - hears phases and progress; not the end
 */
export async function executeRun(
  order: RunOrder,
  tell: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const { bench, closeLogs } = await openBench(order, tell);
  let collected: Omit<RunOutcome, 'boardSafe' | 'outcome'> | undefined;
  const { state } = await runPhases({
    clock: bench.clock,
    deadlinesMs,
    windUpMs,
    signal,
    onPhase: (phase, deadlineMs) => {
      bench.log({ level: 'info', message: 'phase entered', fields: { phase, deadlineMs } });
      tell({ type: 'phase', phase, atNs: bench.clock.nowNs(), deadlineMs });
    },
    steps: {
      work: {
        securing: (step) => secure(bench, step),
        identifying: (step) => identify(bench, step),
        deploying: (step) => deploy(bench, step),
        booting: (step) => confirmBoot(bench, step),
        probing: (step) => probe(bench, step),
        settling: (step) => settle(bench, step),
        measuring: (step) => measure(bench, step),
        verifying: (step) => verify(bench, step),
      },
      release: (step) => release(bench, step),
      collect: async ({ ending }, spans, step) => {
        closeLogs();
        collected = await collectRun(bench, { ending, spans }, step);
      },
    },
  });
  return outcomeOf(state, collected);
}

function outcomeOf(
  state: Awaited<ReturnType<typeof runPhases>>['state'],
  collected: Omit<RunOutcome, 'boardSafe' | 'outcome'> | undefined,
): RunOutcome {
  const { ending, boardSafe } = state;
  const nothing = { results: null, recordSha256: null, reportPath: null };
  const evidence = collected ?? { ...nothing, verdict: 'error' as const, error: null };
  switch (ending.kind) {
    case 'measured':
      return { ...evidence, outcome: 'completed', boardSafe };
    case 'cancelled':
      return { ...evidence, verdict: 'aborted', outcome: 'aborted', boardSafe };
    case 'failed': {
      // A failure to collect leaves nothing that may be taken for a result.
      const kept = collected?.error === null ? { ...nothing, verdict: 'error' as const } : evidence;
      return { ...kept, outcome: 'failed', error: ending.error, boardSafe };
    }
  }
}
