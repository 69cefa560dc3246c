import { InvalidArgumentError, Option, type Command } from 'commander';
import { Value } from 'typebox/value';

import {
  LoadOverridesSchema,
  type LoadOverrides,
} from '#harness/contracts/records/load-settings.ts';

/** What the options of a load give. */
export interface LoadCommandOptions {
  readonly qps?: number;
  readonly latencyLimit?: number;
  /** In milliseconds; named by its option. */
  // eslint-disable-next-line lab/unit-suffix -- commander names the value after the option --duration
  readonly duration?: number;
  readonly samplesPerQuery?: number;
  readonly pairs?: number;
  readonly order?: string;
  readonly selection?: string;
  readonly set?: Readonly<Record<string, unknown>>;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration with its unit in milliseconds: `500ms`, `90s`, `10m`, `1h`. */
export function parseDurationMs(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const factor = unitMs[unit];
  if (amount === undefined || factor === undefined)
    throw new InvalidArgumentError('It is a number with its unit: 500ms, 90s, 10m, 1h.');
  return Number(amount) * factor;
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It is a number above 0.');
}

function parsedValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // No JSON: the text itself, such as `portable`.
    return text;
  }
}

function collectSetting(
  text: string,
  before: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  const known = Object.keys(LoadOverridesSchema.properties);
  if (at < 1) throw new InvalidArgumentError('It is name=value: minQueryCount=500.');
  if (!known.includes(name))
    throw new InvalidArgumentError(`There is no setting ${name}; there are ${known.join(', ')}.`);
  return { ...before, [name]: parsedValue(text.slice(at + 1)) };
}

/** Adds the options with which a job sets its load itself. */
export function addLoadOptions(command: Command): Command {
  return command
    .option('--qps <rate>', 'server: arrivals per second; find-peak: first rate', parsePositive)
    .option('--latency-limit <ms>', 'server, find-peak: limit of the percentile', parsePositive)
    .option('--duration <time>', 'shortest duration of the load: 90s, 10m', parseDurationMs)
    .option('--samples-per-query <count>', 'multi-stream', parsePositive)
    .option('--pairs <count>', 'audits: pairs of base and audit legs', parsePositive)
    .addOption(
      new Option('--order <kind>', 'generator of order and schedule').choices([
        'portable',
        'reference',
        'reference-5',
      ]),
    )
    .addOption(
      new Option('--selection <name>', 'how samples are chosen').choices([
        'normal',
        'equal-issue',
        'unique',
        'same',
      ]),
    )
    .option(
      '--set <name=value>',
      'any other setting of the load; may be given again',
      collectSetting,
    );
}

/**
 * What a job sets itself, or undefined when it sets nothing.
 *
 * @throws InvalidArgumentError naming the setting whose value is wrong
 */
export function loadOverrides(
  options: LoadCommandOptions,
  scenario: string | undefined,
): LoadOverrides | undefined {
  const { qps, latencyLimit, duration, samplesPerQuery, pairs, order, selection } = options;
  const rateName = scenario === 'find-peak' ? 'peakStartQps' : 'targetQps';
  const named: [string, unknown][] = [
    [rateName, qps],
    ['targetLatencyMs', latencyLimit],
    ['minDurationMs', duration],
    ['samplesPerQuery', samplesPerQuery],
    ['pairCount', pairs],
    ['order', order],
    ['selection', selection],
  ];
  const load: unknown = Object.fromEntries([
    ...named.filter(([, value]) => value !== undefined),
    ...Object.entries(options.set ?? {}),
  ]);
  if (!Value.Check(LoadOverridesSchema, load)) {
    const problems = Value.Errors(LoadOverridesSchema, load).map(
      ({ instancePath, message }) => `${instancePath.slice(1) || 'the settings'} ${message}`,
    );
    throw new InvalidArgumentError(`The load settings are wrong: ${problems.join('; ')}.`);
  }
  return Object.keys(load).length === 0 ? undefined : load;
}
