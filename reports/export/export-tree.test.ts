import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { parseDetailLog } from './check/detail-log-content.ts';
import { exportedTree } from './testing/exported-tree.ts';

const files = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .toSorted();

function withMeanLatency(record: RunRecord, meanNs: number): RunRecord {
  const { latency, ...results } = record.results;
  return latency === undefined
    ? record
    : { ...record, results: { ...results, latency: { ...latency, meanNs } } };
}

describe('an exported tree', () => {
  it('is the layout of the sheet, file by file', async () => {
    await using tree = await exportedTree('single-stream');
    const scenario = 'open/Lab/results/Demo_board_A/keyword-spotting/SingleStream';
    expect(await files(tree.tree.dir)).toEqual([
      'README.md',
      'open/Lab/model_mapping.json',
      `${scenario}/README.md`,
      `${scenario}/accuracy/accuracy.txt`,
      `${scenario}/accuracy/mlperf_log_accuracy.json`,
      `${scenario}/accuracy/mlperf_log_detail.txt`,
      `${scenario}/accuracy/mlperf_log_summary.txt`,
      `${scenario}/measurements.json`,
      `${scenario}/performance/run_1/mlperf_log_detail.txt`,
      `${scenario}/performance/run_1/mlperf_log_summary.txt`,
      `${scenario}/user.conf`,
      'open/Lab/src/README.md',
      'open/Lab/systems/Demo_board_A.json',
    ]);
  });

  it('leaves no empty folder', async () => {
    await using tree = await exportedTree('single-stream');
    const entries = await readdir(tree.tree.dir, { withFileTypes: true, recursive: true });
    for (const entry of entries.filter((one) => one.isDirectory()))
      expect(await readdir(join(entry.parentPath, entry.name))).not.toEqual([]);
  });

  it('has the keys that the sheet names for each scenario', async () => {
    const needed = {
      'single-stream': ['early_stopping_met', 'early_stopping_latency_ss'],
      'multi-stream': ['early_stopping_latency_ms', 'result_mean_query_latency_ns'],
      server: [
        'early_stopping_met',
        'effective_target_latency_ns',
        'result_completed_samples_per_sec',
      ],
      offline: [
        'effective_samples_per_query',
        'effective_min_query_count',
        'result_samples_per_second',
      ],
    } as const;
    const all = [
      'effective_scenario',
      'effective_min_duration_ms',
      'effective_qsl_rng_seed',
      'effective_sample_index_rng_seed',
      'effective_schedule_rng_seed',
      'effective_performance_sample_count',
    ];
    for (const scenario of ['single-stream', 'multi-stream', 'server', 'offline'] as const) {
      await using tree = await exportedTree(scenario);
      const path = join(tree.tree.dir, tree.scenario, 'performance/run_1/mlperf_log_detail.txt');
      const log = parseDetailLog(await readFile(path, 'utf8'));
      expect(log.firstLineMarked).toBe(true);
      for (const key of [...all, ...needed[scenario]])
        expect([scenario, key, log.find(key)?.key]).toEqual([scenario, key, key]);
      expect(log.find('effective_qsl_rng_seed')?.valueText).toBe('18446744073709551615');
    }
  });

  it('dates lines relative to the start of the load: settings before it, results at the last completion', async () => {
    await using tree = await exportedTree('single-stream');
    const path = join(tree.tree.dir, tree.scenario, 'performance/run_1/mlperf_log_detail.txt');
    const text = await readFile(path, 'utf8');
    // The load starts at 5 s; its last query is issued 600 s later and takes 1.999 s and 9 µs.
    expect(text).toMatch(/"effective_scenario".*"time_ms": -5000\.000000,/);
    expect(text).toMatch(/"result_validity".*"time_ms": 601999\.009000,/);
  });

  it('writes answers as upper-case hex of the float32 values in memory, and the hash of the log', async () => {
    await using tree = await exportedTree('single-stream');
    const folder = join(tree.tree.dir, tree.scenario, 'accuracy');
    const log = await readFile(join(folder, 'mlperf_log_accuracy.json'), 'utf8');
    const lines = log.split('\n');
    expect(lines[0]).toBe('[');
    // 0 and 1 and 2 as float32, little-endian.
    expect(lines[1]).toBe('{ "seq_id" : 0, "qsl_idx" : 0, "data" : "00000000" },');
    expect(lines[2]).toBe('{ "seq_id" : 1, "qsl_idx" : 1, "data" : "0000803F" },');
    expect(lines[3]).toBe('{ "seq_id" : 2, "qsl_idx" : 2, "data" : "00000040" },');
    expect(lines.slice(-2)).toEqual([']', '']);
    const text = await readFile(join(folder, 'accuracy.txt'), 'utf8');
    const sha256 = createHash('sha256').update(log).digest('hex');
    expect(text.trimEnd().split('\n').at(-1)).toBe(`hash=${sha256}`);
    expect(text).toContain('accuracy=87.500%');
    expect(text).toContain('unverified');
  });

  it('keeps the first and the last 4096 bytes of a long accuracy log, and the whole one in src', async () => {
    await using tree = await exportedTree('single-stream', { outputSize: 64 });
    const { dir } = tree.tree;
    const cut = await readFile(join(dir, tree.scenario, 'accuracy/mlperf_log_accuracy.json'));
    const whole = await readFile(
      join(
        dir,
        'open/Lab/src/whole-accuracy-logs/Demo_board_A/keyword-spotting/SingleStream/accuracy-log.json',
      ),
    );
    expect(cut.length).toBeLessThanOrEqual(10_240);
    expect(cut.subarray(0, 4096)).toEqual(whole.subarray(0, 4096));
    expect(cut.subarray(-4096)).toEqual(whole.subarray(-4096));
    expect(JSON.parse(whole.toString('utf8'))).toHaveLength(43);
  });

  it('says in every file with room for text what it is not, and gives the attribution', async () => {
    await using tree = await exportedTree('offline');
    for (const path of await files(tree.tree.dir)) {
      if (path.endsWith('mlperf_log_accuracy.json') || path.endsWith('accuracy-log.json')) continue;
      const text = await readFile(join(tree.tree.dir, path), 'utf8');
      expect(`${path}: ${text}`).toContain(
        'not an MLPerf® result; not verified by MLCommons Association; unverified',
      );
    }
    const readme = await readFile(join(tree.tree.dir, 'README.md'), 'utf8');
    expect(readme).toContain('trademarks of MLCommons Association');
  });

  it('names what is missing, in the README and to its caller, and makes nothing up', async () => {
    await using tree = await exportedTree('single-stream');
    const { dir, missing } = tree.tree;
    const system: unknown = JSON.parse(
      await readFile(join(dir, 'open/Lab/systems/Demo_board_A.json'), 'utf8'),
    );
    expect(system).toMatchObject({ cooling: 'n/a', number_of_nodes: 1, system_type: 'edge' });
    expect(system).toMatchObject({ host_processors_per_node: 'n/a', host_processor_core_count: 2 });
    const fields = missing.map(({ field }) => field);
    expect(fields).toEqual(expect.arrayContaining(['cooling', 'loaded_qsl_set', 'retraining']));
    const readme = await readFile(join(dir, 'README.md'), 'utf8');
    for (const { file, field } of missing) {
      expect(readme).toContain(file);
      expect(readme).toContain(field);
    }
  });

  it('of rule set 1 has one seed and says that the others are missing', async () => {
    await using tree = await exportedTree('single-stream', {
      change: (record) => {
        const { seeds, order, selection, ...settings } = record.settings;
        expect([seeds, order, selection]).not.toContain(undefined);
        const { load, ...results } = record.results;
        expect(load).toBeDefined();
        return { ...record, settings: { ...settings, seed: 7 }, results };
      },
    });
    const fields = tree.tree.missing.map(({ field }) => field);
    expect(fields).toContain('effective_qsl_rng_seed');
    expect(fields).not.toContain('effective_sample_index_rng_seed');
  });

  it('of a run with lost queries has error lines and is INVALID by the unmet rule', async () => {
    await using tree = await exportedTree('server', {
      change: (record) => {
        const { load } = record.results;
        const rule = {
          rule: 'no-failed-queries',
          kind: 'validity',
          met: false,
          measured: 2,
          limit: 0,
          unit: 'queries',
          advice: 'Find out why.',
        } as const;
        const lost = load === undefined ? {} : { load: { ...load, lostCount: 2, lateCount: 1 } };
        return {
          ...record,
          rules: [...record.rules, rule],
          results: { ...record.results, ...lost },
        };
      },
    });
    const path = join(tree.tree.dir, tree.scenario, 'performance/run_1/mlperf_log_detail.txt');
    const log = parseDetailLog(await readFile(path, 'utf8'));
    expect(log.find('result_validity')?.value).toBe('INVALID');
    expect(log.find('result_invalid_reason')?.value).toBe(
      'no-failed-queries: measured 2 queries, limit 0 queries. Find out why.',
    );
    expect(log.lines.filter(({ isError }) => isError).map(({ value }) => value)).toEqual([
      '2 queries had no completion within their deadline',
      '1 of the lost queries completed after their deadline',
    ]);
  });

  it('writes means as whole numbers, and offline one query of all samples', async () => {
    await using tree = await exportedTree('offline', {
      change: (record) => withMeanLatency(record, 400_000.75),
    });
    const path = join(tree.tree.dir, tree.scenario, 'performance/run_1/mlperf_log_detail.txt');
    const log = parseDetailLog(await readFile(path, 'utf8'));
    expect(log.number('result_mean_latency_ns')).toBe(400_000);
    expect(log.number('result_query_count')).toBe(1);
    expect(log.number('generated_query_count')).toBe(1);
    expect(log.number('generated_samples_per_query')).toBe(
      log.number('effective_samples_per_query'),
    );
  });

  it('divides by the whole mean that it states', async () => {
    await using tree = await exportedTree('single-stream', {
      change: (record) => withMeanLatency(record, 2_000_000_000.9),
    });
    const path = join(tree.tree.dir, tree.scenario, 'performance/run_1/mlperf_log_detail.txt');
    const log = parseDetailLog(await readFile(path, 'utf8'));
    expect(log.number('result_qps_without_loadgen_overhead')).toBe(0.5);
  });

  it('writes token keys of a server whose answers come token by token', async () => {
    const ranks = {
      minNs: 1,
      meanNs: 2.75,
      p50Ns: 2,
      p90Ns: 3,
      p95Ns: 4,
      p97Ns: 5,
      p99Ns: 6,
      p999Ns: 7,
      maxNs: 8,
    };
    await using tree = await exportedTree('server', {
      change: (record) => ({
        ...record,
        settings: { ...record.settings, ttftTargetNs: 10, tpotTargetNs: 10 },
        results: {
          ...record.results,
          tokens: {
            tokenCount: 9,
            tokensPerSecond: 12.5,
            ttft: ranks,
            tpot: ranks,
            ttftEarlyStoppingMet: true,
            tpotEarlyStoppingMet: false,
          },
        },
      }),
    });
    const path = join(tree.tree.dir, tree.scenario, 'performance/run_1/mlperf_log_detail.txt');
    const log = parseDetailLog(await readFile(path, 'utf8'));
    expect(log.find('requested_use_token_latencies')?.value).toBe(true);
    expect(log.number('result_first_token_99.00_percentile_latency_ns')).toBe(6);
    expect(log.number('result_first_token_mean_latency_ns')).toBe(2);
    expect(log.number('result_time_to_output_token_mean')).toBe(2);
    expect(log.number('result_time_per_output_token_99.00_percentile_ns')).toBe(6);
    expect(log.number('result_completed_tokens_per_second')).toBe(12.5);
    expect(log.find('early_stopping_met')?.value).toBe(false);
    expect(log.find('early_stopping_tpot_result')?.value).toBe('Not met.');
  });
});
