import { expect, test } from 'vitest';

import type { LoadCore, LoadTally } from '../core/load-core-options.ts';
import type { LoadEnd } from '../load-end.ts';
import { pumpPrecisely, type PrecisePump, type PumpWait } from './pump-precisely.ts';
import { spinWindow } from './spin-window.ts';

const readingNs = 50;

/** A machine whose every clock reading takes 50 ns, and whose sleeps end late. */
class FakeMachine {
  nowNs = 0;
  slept: number[] = [];
  aborted = false;
  ticketNumber = 0;
  /** Called at the start of a sleep; a duration: something rings that long into it. */
  ringsIn: (sleepNs: number) => number | undefined = () => undefined;
  readonly oversleepNs: number;

  constructor(oversleepNs: number) {
    this.oversleepNs = oversleepNs;
  }

  readonly clock = {
    nowNs: (): number => (this.nowNs += readingNs),
    utcMs: (): number => 0,
    sleep: (): Promise<void> => Promise.reject(new Error('a pump blocks')),
  };

  readonly wait: PumpWait = {
    ticket: () => this.ticketNumber,
    sleep: (durationNs, ticket) => {
      if (ticket !== this.ticketNumber) return false;
      this.slept.push(durationNs);
      const ringNs = this.ringsIn(durationNs);
      if (ringNs !== undefined) {
        this.nowNs += ringNs;
        this.ticketNumber += 1;
        return false;
      }
      this.nowNs += durationNs + this.oversleepNs;
      return true;
    },
    isAborted: () => this.aborted,
  };
}

/** What a pump needs of a machine. */
function partsOf({ clock, wait }: FakeMachine): Pick<PrecisePump, 'clock' | 'wait' | 'spin'> {
  return { clock, wait, spin: spinWindow() };
}

const emptyTally: LoadTally = {
  issuedCount: 0,
  completedCount: 0,
  failedCount: 0,
  lostCount: 0,
  lateCount: 0,
  duplicateCount: 0,
  unknownCount: 0,
  overLimitCount: 0,
  timedNs: 0,
  lastScheduledAtNs: 0,
};

/** A core that issues at given instants, `takes` willing, and ends after the last. */
function scheduledCore(
  dueNs: readonly number[],
  takes: () => boolean = () => true,
): LoadCore & { readonly polledAtNs: number[]; readonly issuedAtNs: number[] } {
  const tally = { ...emptyTally };
  const polledAtNs: number[] = [];
  const issuedAtNs: number[] = [];
  const done = (endedBy: 'complete' | 'aborted'): LoadEnd => ({
    endedBy,
    doneCount: tally.issuedCount,
  });
  return {
    polledAtNs,
    issuedAtNs,
    sink: { complete: () => {}, completeRange: () => {}, fail: () => {} },
    dueAtNs: () => dueNs[tally.issuedCount] ?? Number.POSITIVE_INFINITY,
    poll: (nowNs) => {
      polledAtNs.push(nowNs);
      while ((dueNs[tally.issuedCount] ?? Number.POSITIVE_INFINITY) <= nowNs && takes()) {
        issuedAtNs.push(nowNs);
        tally.issuedCount += 1;
      }
      return tally.issuedCount === dueNs.length ? done('complete') : undefined;
    },
    abort: () => done('aborted'),
    tally: () => tally,
    progress: () => ({ doneCount: tally.issuedCount, totalCount: dueNs.length }),
  };
}

test('queries go out within a microsecond of their instant on a machine that always oversleeps alike', () => {
  const machine = new FakeMachine(80_000);
  const dueNs = Array.from({ length: 1000 }, (_none, index) => 1e6 + index * 997_001);
  const core = scheduledCore(dueNs);
  const { end, pacing } = pumpPrecisely({ core, ...partsOf(machine) });
  expect(end).toEqual({ endedBy: 'complete', doneCount: 1000 });
  const errorsNs = core.issuedAtNs.map((atNs, index) => atNs - (dueNs[index] ?? 0));
  expect(Math.max(...errorsNs)).toBeLessThanOrEqual(1000);
  expect(pacing.sleepCount).toBe(machine.slept.length);
  expect(Math.round(pacing.oversleepNsP50)).toBe(80_050);
});

test('the thread sleeps most of the time that lies between two queries', () => {
  const machine = new FakeMachine(60_000);
  const dueNs = Array.from({ length: 1000 }, (_none, index) => index * 1e6);
  pumpPrecisely({ core: scheduledCore(dueNs), ...partsOf(machine) });
  const sleptNs = machine.slept.reduce((sum, sleepNs) => sum + sleepNs + 60_000, 0);
  expect(sleptNs / machine.nowNs).toBeGreaterThan(0.9);
});

test('a machine that wakes too late is met by a wider window', () => {
  const machine = new FakeMachine(180_000);
  const dueNs = Array.from({ length: 500 }, (_none, index) => index * 1e6);
  const core = scheduledCore(dueNs);
  const { pacing } = pumpPrecisely({ core, ...partsOf(machine) });
  const errorsNs = core.issuedAtNs.map((atNs, index) => atNs - (dueNs[index] ?? 0));
  expect(errorsNs[1]).toBeGreaterThan(25_000);
  const late = errorsNs.slice(20).filter((errorNs) => errorNs > 5000);
  expect(late).toEqual([]);
  expect(pacing.spinWindowNs[0]).toBeGreaterThan(175_000);
});

test('an abort during a sleep ends the load at the ring, not at the next query', () => {
  const machine = new FakeMachine(0);
  machine.ringsIn = (sleepNs) => {
    machine.aborted = true;
    return Math.min(sleepNs, 1e6);
  };
  const core = scheduledCore([3600e9]);
  const { end } = pumpPrecisely({ core, ...partsOf(machine) });
  expect(end.endedBy).toBe('aborted');
  expect(machine.nowNs).toBeLessThan(2e6);
});

test('no sleep is longer than 50 ms, so a load without wake-ups looks around', () => {
  const machine = new FakeMachine(0);
  pumpPrecisely({ core: scheduledCore([1e9]), ...partsOf(machine) });
  expect(Math.max(...machine.slept)).toBe(50e6);
});

test('what is due goes out before answers are looked at; before a poll for another reason they come first', () => {
  const machine = new FakeMachine(0);
  const steps: string[] = [];
  const core = scheduledCore([10e6, 20e6, 30e6]);
  const poll = (nowNs: number): LoadEnd | undefined => {
    const issuedCount = core.issuedAtNs.length;
    const end = core.poll(nowNs);
    steps.push(core.issuedAtNs.length > issuedCount ? 'issue' : 'look');
    return end;
  };
  // The third sleep is cut short by an answer.
  let waitingCount = 0;
  machine.ringsIn = () => {
    if (machine.slept.length !== 3) return undefined;
    waitingCount = 1;
    return 1000;
  };
  const collect = (): number => {
    const heardCount = waitingCount;
    waitingCount = 0;
    steps.push(heardCount > 0 ? 'answer' : 'collect');
    return heardCount;
  };
  pumpPrecisely({ core: { ...core, poll }, ...partsOf(machine), collect });
  expect(steps).toContain('answer');
  const stepsBefore = (wanted: string, count: number): string[] =>
    steps.flatMap((step, index) =>
      step === wanted ? [steps.slice(Math.max(0, index - count), index).join(' ')] : [],
    );
  expect(new Set(stepsBefore('look', 1))).toEqual(new Set(['collect']));
  // Until there are no more answers, and only then, the core looks.
  expect(stepsBefore('look', 2)).toContain('answer collect');
  // Between the collecting of the turn before and the issue lies the spin.
  expect(new Set(stepsBefore('issue', 3))).toEqual(new Set(['collect look collect']));
});

test('a thread that was held up for a second hears the answers before it gives queries up', () => {
  const machine = new FakeMachine(0);
  const steps: string[] = [];
  const core = scheduledCore([0, 10e6, 20e6]);
  const poll = (nowNs: number): LoadEnd | undefined => {
    steps.push('poll');
    const end = core.poll(nowNs);
    if (core.issuedAtNs.length === 1) machine.nowNs += 1e9;
    return end;
  };
  const collect = (): number => {
    steps.push('collect');
    return 0;
  };
  pumpPrecisely({ core: { ...core, poll }, ...partsOf(machine), collect });
  expect(steps.slice(-3)).toEqual(['collect', 'collect', 'poll']);
});

test('a thread that was held up hears all answers that wait, however many goes they take, and goes on if they never end', () => {
  const machine = new FakeMachine(0);
  const core = scheduledCore([0, 10e6, 20e6]);
  let waitingCount = 0;
  const waitingAtPoll: number[] = [];
  const poll = (nowNs: number): LoadEnd | undefined => {
    waitingAtPoll.push(waitingCount);
    const end = core.poll(nowNs);
    if (core.issuedAtNs.length === 1 && waitingCount === 0) {
      machine.nowNs += 1e9;
      waitingCount = 30_000;
    }
    return end;
  };
  const goOf = (): number => {
    const heardCount = Math.min(256, waitingCount);
    waitingCount -= heardCount;
    return heardCount;
  };
  pumpPrecisely({ core: { ...core, poll }, ...partsOf(machine), collect: goOf });
  expect(Math.max(...waitingAtPoll)).toBe(0);
  const babbling = pumpPrecisely({
    core: scheduledCore([0]),
    ...partsOf(machine),
    collect: () => 1,
  });
  expect(babbling.end.endedBy).toBe('complete');
});

test('a target that takes nothing is asked again after short sleeps, not in a hot loop', () => {
  const machine = new FakeMachine(0);
  const core = scheduledCore([0, 1], () => machine.nowNs > 5e6);
  const { end } = pumpPrecisely({ core, ...partsOf(machine) });
  expect(end.endedBy).toBe('complete');
  expect(core.polledAtNs.length).toBeLessThan(60);
});

test('reports come at most every 100 ms, and come when every moment is busy', () => {
  const busy = new FakeMachine(0);
  const reportsNs: number[] = [];
  const dueNs = Array.from({ length: 20_000 }, (_none, index) => index * 50_000);
  const onReport = (nowNs: number): void => void reportsNs.push(nowNs);
  pumpPrecisely({ core: scheduledCore(dueNs), ...partsOf(busy), onReport });
  expect(reportsNs.length).toBeGreaterThanOrEqual(4);
  const gaps = reportsNs.slice(1).map((atNs, index) => atNs - (reportsNs[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100e6);
});
