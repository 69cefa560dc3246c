import { describe, expect, it } from 'vitest';

import type { AuditDefinition } from '#harness/contracts/define-audit.ts';
import type { RunSettings, Scenario } from '#harness/contracts/records/run-record.ts';
import type { LegAnswer } from '#harness/judge/compliance/leg-answers.ts';
import { seededNoise } from '#harness/judge/compliance/testing/seeded-noise.ts';
import { noCaching } from '#suites/compliance/no-caching.ts';
import { otherSeeds } from '#suites/compliance/other-seeds.ts';
import { outputLength } from '#suites/compliance/output-length.ts';
import { realResults } from '#suites/compliance/real-results.ts';
import { tokenConsistency } from '#suites/compliance/token-consistency.ts';

import {
  simulateAudit,
  simulatedLibraryCount,
  type SimulatedDevice,
  type SimulatedQuery,
} from './testing/simulated-audit.ts';

const tokens = { endTokenId: 2, referenceMeanTokens: 40 };

function base(
  scenario: Scenario = 'single-stream',
  change: Partial<RunSettings> = {},
): RunSettings {
  return {
    scenario,
    mode: 'compliance',
    seed: 7,
    minDurationMs: 2000,
    minQueryCount: 100,
    maxDurationMs: 60_000,
    queryDeadlineMs: 1000,
    percentile: 0.9,
    windowCount: 0,
    minWindowMs: 1000,
    accuracySampleCount: simulatedLibraryCount,
    accuracyMetric: 'top-1',
    accuracyAtLeast: 0.9,
    performanceSampleCount: 64,
    powerRequired: false,
    order: 'portable',
    selection: 'normal',
    seeds: { qsl: '7', sampleIndex: '7', schedule: '7' },
    samplesPerQuery: scenario === 'multi-stream' ? 8 : 1,
    ...(scenario === 'server' ? { targetQps: 400, targetLatencyNs: 20e6 } : {}),
    ...change,
  };
}

/** The right answer to a sample. */
function rightAnswer(sampleIndex: number): LegAnswer {
  return {
    sampleIndex,
    output: Float32Array.from({ length: 10 }, (_, place) => Math.sin(sampleIndex + place)),
  };
}

/** 20 to 60 tokens and an end, 40 on average over 64 samples. */
function tokenIdsOf(sampleIndex: number): number[] {
  const length = 20 + ((sampleIndex * 13) % 40);
  return Array.from({ length }, (_, place) => 3 + ((sampleIndex + place) % 500)).concat(2);
}

function rightTokens(sampleIndex: number): LegAnswer {
  const tokenIds = tokenIdsOf(sampleIndex);
  const [firstTokenId = 0] = tokenIds;
  return { sampleIndex, tokenIds, firstTokenId, tokenCount: tokenIds.length };
}

/** 1 ms a sample with 3 % noise a query, 1 % a leg, and each leg 1 % slower than the one before. */
function honest(seed = 1, change: Partial<SimulatedDevice> = {}): SimulatedDevice {
  const normal = seededNoise(seed);
  const legFactors = Array.from({ length: 300 }, (_, leg) => 1.01 ** leg * (1 + 0.01 * normal()));
  return {
    serviceNs: ({ samples, legNumber }) =>
      1e6 * samples.length * (legFactors[legNumber] ?? 1) * Math.exp(0.03 * normal()),
    answer: rightAnswer,
    ...change,
  };
}

/** The same device, but so much faster for queries that it knows already. */
function fasterWhen(
  device: SimulatedDevice,
  factor: number,
  knows: (query: SimulatedQuery) => boolean,
): SimulatedDevice {
  return {
    ...device,
    serviceNs: (query) => device.serviceNs(query) * (knows(query) ? factor : 1),
  };
}

/** Remembers the answers to the last samples. */
function cache(capacity: number): (query: SimulatedQuery) => boolean {
  const held = new Set<number>();
  return ({ samples }) => {
    const isHit = samples.every((sample) => held.has(sample));
    for (const sample of samples) {
      held.delete(sample);
      held.add(sample);
    }
    while (held.size > capacity) held.delete([...held][0] ?? 0);
    return isHit;
  };
}

const scenarios = ['single-stream', 'multi-stream', 'server', 'offline'] as const;
const speedAudits: readonly AuditDefinition[] = [realResults, noCaching, otherSeeds];

describe('an honest device that gets 1 % slower each leg', () => {
  const cases = scenarios.flatMap((scenario) => speedAudits.map((audit) => ({ scenario, audit })));
  it.each(cases)('passes $audit.id in $scenario', ({ scenario, audit }) => {
    const { result } = simulateAudit(audit, honest(), { base: base(scenario) });
    expect(result).toMatchObject({ decision: 'passed' });
    expect(result.ratio?.driftPerLeg).toBeGreaterThan(1);
  });

  it.each([tokenConsistency, outputLength])('passes $id', (audit) => {
    const device = honest(1, { answer: rightTokens });
    const outcome = simulateAudit(audit, device, { base: base(), options: { tokens } });
    expect(outcome.result).toMatchObject({ decision: 'passed' });
    expect(outcome.verdict).toBe('pass');
    expect(outcome.result.legs).toHaveLength(2);
  });

  it('says what was compared, in numbers', () => {
    const { result, verdict } = simulateAudit(realResults, honest(), { base: base() });
    expect(verdict).toBe('pass');
    expect(result.reason).toMatch(
      /^The audit legs took \d\.\d{3} times the mean latency of the base legs \(99 % interval \d\.\d{3} to \d\.\d{3}, 8 pairs\), inside the allowed 0\.9 to 1\.1; all \d+ answers kept under load equal the accuracy run's within 0\.00001 in every value\.$/u,
    );
    expect(result.answers?.comparedCount).toBeGreaterThan(1500);
    expect(result.answers?.comparedCount).toBeLessThan(2600);
  });

  it('never fails in 60 audits by chance', () => {
    // Seen over 200 seeds of each of the three audits: 600 passed, none failed, none open.
    for (let seed = 1; seed <= 20; seed += 1) {
      for (const audit of speedAudits) {
        const { result } = simulateAudit(audit, honest(seed), { base: base() });
        expect(result.decision).not.toBe('failed');
      }
    }
  });
});

describe('a dishonest device', () => {
  it('that caches results fails no-caching in every scenario, for its cache is smaller than the data set', () => {
    for (const scenario of scenarios) {
      const device = fasterWhen(honest(), 0.3, cache(64));
      const { result, verdict } = simulateAudit(noCaching, device, { base: base(scenario) });
      expect(result).toMatchObject({ decision: 'failed' });
      expect(verdict).toBe('fail');
      expect(result.ratio?.upper).toBeLessThan(0.9);
    }
  });

  it('that answers the same thing under load fails real-results although it is exactly as fast', () => {
    const constant = rightAnswer(0);
    const device = honest(1, {
      answer: (sampleIndex, isLoad) =>
        isLoad ? { ...constant, sampleIndex } : rightAnswer(sampleIndex),
    });
    const { result, verdict } = simulateAudit(realResults, device, { base: base() });
    expect(verdict).toBe('fail');
    expect(result.answers?.differingCount).toBeGreaterThan(1500);
    expect(result.reason).toContain('differ from the accuracy run');
    expect(result.ratio?.value).toBeGreaterThan(0.9);
  });

  it('that gets only the last of ten values wrong, in 1 of 100 answers, fails real-results', () => {
    let answerCount = 0;
    const device = honest(1, {
      answer: (sampleIndex, isLoad) => {
        const answer = rightAnswer(sampleIndex);
        if (isLoad) answerCount += 1;
        if (isLoad && answerCount % 100 === 0 && 'output' in answer) answer.output[9] = 0.5;
        return answer;
      },
    });
    const { result } = simulateAudit(realResults, device, { base: base() });
    expect(result.decision).toBe('failed');
    expect(result.answers?.differingCount).toBeLessThan(30);
  });

  it('that is 30 % faster when nobody looks fails real-results', () => {
    const device = fasterWhen(honest(), 0.7, ({ legNumber }) => [0, 1].includes(legNumber % 4));
    const { result } = simulateAudit(realResults, device, { base: base() });
    expect(result).toMatchObject({ decision: 'failed' });
    expect(result.ratio?.value).toBeGreaterThan(1.3);
  });

  it('that is tuned to the order of the base seeds fails other-seeds', () => {
    // It expects in each leg the samples that it saw in the first, and has begun with the next before it is asked.
    const learnt: number[] = [];
    const knows = ({ samples, legNumber, queryNumber }: SimulatedQuery): boolean => {
      if (legNumber === 1) learnt[queryNumber] = samples[0] ?? 0;
      return learnt[queryNumber] === samples[0];
    };
    const device = fasterWhen(honest(), 0.8, knows);
    const { result, verdict } = simulateAudit(otherSeeds, device, { base: base() });
    expect(result).toMatchObject({ decision: 'failed' });
    expect(verdict).toBe('fail');
    expect(result.ratio?.value).toBeGreaterThan(1.15);
  });

  it('that reports a first token before it knows one fails token-consistency', () => {
    const device = honest(1, {
      answer: (sampleIndex) => ({ ...rightTokens(sampleIndex), firstTokenId: 1 }),
    });
    const outcome = simulateAudit(tokenConsistency, device, { base: base(), options: { tokens } });
    expect(outcome.verdict).toBe('fail');
    expect(outcome.result.tokens).toMatchObject({ firstTokenDifferCount: 100, comparedCount: 100 });
  });

  it('that goes on after the end token, or counts tokens that it does not give, fails token-consistency', () => {
    const goesOn = honest(1, {
      answer: (sampleIndex) => {
        const tokenIds = [...tokenIdsOf(sampleIndex), 2];
        const [firstTokenId = 0] = tokenIds;
        return { sampleIndex, tokenIds, firstTokenId, tokenCount: tokenIds.length };
      },
    });
    const overcounts = honest(1, {
      answer: (sampleIndex) => ({ ...rightTokens(sampleIndex), tokenCount: 500 }),
    });
    const terms = { base: base(), options: { tokens } };
    expect(simulateAudit(tokenConsistency, goesOn, terms).result).toMatchObject({
      decision: 'failed',
      tokens: { misplacedEndCount: 100, wrongLengthCount: 0 },
    });
    expect(simulateAudit(tokenConsistency, overcounts, terms).result).toMatchObject({
      decision: 'failed',
      tokens: { misplacedEndCount: 0, wrongLengthCount: 100 },
    });
  });

  it('that cuts its answers to 30 tokens fails output-length', () => {
    const device = honest(1, {
      answer: (sampleIndex) => ({ sampleIndex, tokenIds: tokenIdsOf(sampleIndex).slice(0, 30) }),
    });
    const outcome = simulateAudit(outputLength, device, { base: base(), options: { tokens } });
    expect(outcome.verdict).toBe('fail');
    expect(outcome.result.reason).toMatch(/^Answers to 64 of 64 samples have 2\d\.\d\d tokens/u);
  });
});

describe('an open question', () => {
  it('of a very noisy device names the number of pairs to set next', () => {
    const normal = seededNoise(3);
    const factors = Array.from({ length: 40 }, () => Math.exp(0.12 * normal()));
    const device = honest(1, {
      serviceNs: ({ legNumber }) => 1e6 * (factors[legNumber] ?? 1),
    });
    const { result, verdict } = simulateAudit(realResults, device, { base: base() });
    expect(verdict).toBe('inconclusive');
    expect(result.reason).toContain('partly outside the allowed 0.9 to 1.1');
    expect(result.pairCountNeeded).toBeGreaterThan(8);
    expect(result.advice).toContain(`Set pairCount to ${result.pairCountNeeded}`);
  });

  it('of a device that loses a query is not answered by the other legs', () => {
    const device = honest(1, {
      loses: ({ legNumber, queryNumber }) => legNumber === 3 && queryNumber === 5,
    });
    const { result, verdict } = simulateAudit(noCaching, device, { base: base() });
    expect(verdict).toBe('inconclusive');
    expect(result.reason).toMatch(/^Leg raw\/legs\/03-audit\.bin left 1 of \d+ queries without/u);
    expect(result.pairCountNeeded).toBeUndefined();
  });

  it('of a server that cannot hold its rate is told to lower it', () => {
    const slow = { base: base('server', { targetQps: 1500 }) };
    const { result } = simulateAudit(realResults, honest(), slow);
    expect(result).toMatchObject({ decision: 'inconclusive' });
    expect(result.advice).toContain('targetQps');
  });
});
