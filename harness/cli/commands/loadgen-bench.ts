import { InvalidArgumentError, Option, type Command } from 'commander';

import type { BenchLoadOptions, ScenarioBench } from '#harness/app/loadgen/bench-load.ts';
import { formatTable } from '#harness/kernel/format/table.ts';

import { print, printJson } from '../output/print.ts';
import { stopSignal } from '../stop-signal.ts';

interface BenchCommandOptions {
  readonly scenario?: NonNullable<BenchLoadOptions['scenario']>;
  readonly qps: number;
  readonly seconds: number;
  readonly json?: boolean;
}

const qpsMax = 10_000_000;
const secondsMax = 3600;

function numberUpTo(limit: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isFinite(value) && value > 0 && value <= limit) return value;
    throw new InvalidArgumentError(`It is a number above 0, at most ${limit}.`);
  };
}

const micro = (durationNs: number): string => `${(durationNs / 1000).toFixed(1)} µs`;

function scenarioTable(benches: readonly ScenarioBench[]): string {
  return formatTable(
    [
      { title: 'scenario', cell: (bench: ScenarioBench) => bench.scenario },
      { title: 'queries', align: 'right', cell: ({ queryCount }) => String(queryCount) },
      { title: 'ns/query', align: 'right', cell: ({ nsPerQuery }) => nsPerQuery.toFixed(1) },
      {
        title: 'samples/s',
        align: 'right',
        cell: ({ samplesPerSecond }) => samplesPerSecond.toFixed(0),
      },
      {
        title: 'first issue',
        align: 'right',
        cell: ({ firstIssueMs }) => `${firstIssueMs.toFixed(2)} ms`,
      },
      {
        title: 'of a core',
        align: 'right',
        cell: ({ cpuShare }) => `${(cpuShare * 100).toFixed(1)} %`,
      },
      {
        title: 'heap',
        align: 'right',
        cell: ({ heapGrowthBytes }) => `${(heapGrowthBytes / 1024).toFixed(0)} KiB`,
      },
    ],
    benches,
  );
}

/** The lines that only a server load has. */
function serverLines({ server }: ScenarioBench): readonly string[] {
  if (server === undefined) return [];
  const { issueErrorNs: error, latencyNs: latency } = server;
  const verdict = server.isValid ? 'valid' : 'not valid';
  const windows = server.spinWindowNs.map((windowNs) => (windowNs / 1000).toFixed(0)).join(' / ');
  return [
    '',
    `server: ${server.targetQps} queries/s wanted, ${server.achievedQps.toFixed(1)} achieved, ${verdict} at ${server.latencyLimitNs / 1e6} ms`,
    `  issue error  p50 ${micro(error.p50)}  p90 ${micro(error.p90)}  p99 ${micro(error.p99)}  max ${micro(error.max)}`,
    `  latency      p50 ${micro(latency.p50)}  p90 ${micro(latency.p90)}  p99 ${micro(latency.p99)}  max ${micro(latency.max)}`,
    `  sleeps woke  p50 ${micro(server.oversleepNsP50)}  p99 ${micro(server.oversleepNsP99)} late; spin window ${windows} µs (time left < 1 ms, < 10 ms, more)`,
  ];
}

/** `assay loadgen bench` */
export function addLoadgenBenchCommand(loadgen: Command): void {
  loadgen
    .command('bench')
    .description('the load generator on a device that answers at once: what it costs by itself')
    .addOption(
      new Option('--scenario <name>', 'only this one (default: all)').choices([
        'single-stream',
        'multi-stream',
        'server',
        'offline',
      ]),
    )
    .option('--qps <rate>', 'arrivals per second, server only', numberUpTo(qpsMax), 1000)
    .option('--seconds <time>', 'of each scenario', numberUpTo(secondsMax), 5)
    .option('--json', 'as JSON')
    .action(async ({ scenario, qps, seconds, json }: BenchCommandOptions) => {
      const { benchLoad } = await import('#harness/app/loadgen/bench-load.ts');
      const options = { qps, seconds, ...(scenario === undefined ? {} : { scenario }) };
      const benches = await benchLoad(options, stopSignal());
      if (json === true) printJson({ benches });
      else {
        print(scenarioTable(benches));
        for (const line of benches.flatMap(serverLines)) print(line);
      }
    });
}
