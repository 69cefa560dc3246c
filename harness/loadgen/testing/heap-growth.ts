/**
 * Prints how much the heap grows over 10^6 queries of a load on a null target, as JSON. Run in a process of its own
 * with --expose-gc. The clock counts its own calls: the machine's clock makes two big integers each time it is asked,
 * which would hide what the load does. Nothing is collected in between, so garbage counts as growth.
 */
import process from 'node:process';

import { assertDefined } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import type { LoadScenario } from '../core/load-core-options.ts';
import { loadCore } from '../core/load-core.ts';
import type { CompletionSink, LoadTarget } from '../load-target.ts';
import { memoryRows } from '../recorder/memory-rows.ts';
import { evenSource } from './even-source.ts';

const warmUpCount = 300_000;
const queryCount = 1_000_000;
/** The engine compiles while a load runs, once; the smallest growth of three rounds is the load's own. */
const roundCount = 3;

function countingClock(): Clock {
  let nowNs = 0;
  return {
    nowNs: () => {
      nowNs += 100;
      return nowNs;
    },
    utcMs: () => 0,
    sleep: () => Promise.resolve(),
  };
}

function nullTarget(clock: Clock): LoadTarget {
  let sink: CompletionSink | undefined;
  return {
    connect: (connected) => {
      sink = connected;
    },
    issue: (queries) => {
      const { firstQueryId, queryCount: count } = queries;
      if (count > 64) sink?.completeRange(firstQueryId, count, clock.nowNs());
      else {
        for (let index = 0; index < count; index += 1)
          sink?.complete(firstQueryId + index, clock.nowNs());
      }
      return count;
    },
  };
}

function scenarioOf(text: string | undefined): LoadScenario {
  if (text === 'single-stream' || text === 'server' || text === 'offline') return text;
  throw new Error('name a scenario: single-stream, server or offline');
}

const scenario = scenarioOf(process.argv[2]);
const rows = memoryRows(warmUpCount + (roundCount + 1) * queryCount);
const clock = countingClock();
const core = loadCore({
  scenario,
  source: evenSource({ betweenMs: scenario === 'server' ? 0.0004 : 0 }),
  target: nullTarget(clock),
  rows,
  clock,
  limits: {
    minDurationMs: 1e6,
    minQueryCount: 1e9,
    maxDurationMs: 1e6,
    queryDeadlineMs: 1000,
    percentile: 0.99,
    targetLatencyNs: 1e6,
    outstandingCountMax: 4096,
  },
});

/** Polls until so many queries have completed, or a few more. */
function runTo(doneCount: number): number {
  while (core.tally().completedCount < doneCount) core.poll(clock.nowNs());
  return core.tally().completedCount;
}

const collectGarbage = assertDefined(globalThis.gc, 'the process was started with --expose-gc');
runTo(warmUpCount);
let grownBytes = Number.POSITIVE_INFINITY;
for (let round = 0; round < roundCount; round += 1) {
  collectGarbage();
  const startCount = core.tally().completedCount;
  const before = process.memoryUsage().heapUsed;
  runTo(startCount + queryCount);
  grownBytes = Math.min(grownBytes, process.memoryUsage().heapUsed - before);
}
process.stdout.write(JSON.stringify({ queryCount, grownBytes }));
