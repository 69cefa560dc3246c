/** What version 6.1 of the rules says of a benchmark; absent: the rules say nothing, or the sheet does not know. */
export interface OfficialBenchmark {
  /** The names it goes by. */
  readonly names: readonly string[];
  /** Names that begin with one of `names` and a hyphen belong to it as well. */
  readonly hasVariants?: boolean;
  readonly performanceSampleCount?: number;
  readonly accuracySampleCount?: number;
  readonly serverLatencyMs?: number;
  readonly server?: TokenLimits;
  readonly interactive?: TokenLimits;
  /** Every sample once a pass. */
  readonly equalIssue?: boolean;
  /** Percentile of a stream's latency; 0.9 and 0.99 unless given. */
  readonly streamPercentile?: number;
  /** What a closed submission of an edge system must hold. */
  readonly closedScenarios?: readonly string[];
  readonly closedTests?: readonly string[];
  /** Pattern of the value in accuracy.txt and what it must reach in the closed division. */
  readonly closedAccuracy?: { readonly pattern: RegExp; readonly atLeast: number };
}

/** Limits at the 99th percentile. */
export interface TokenLimits {
  readonly ttftMs: number;
  readonly tpotMs: number;
}

const limits = (ttftMs: number, tpotMs: number): TokenLimits => ({ ttftMs, tpotMs });
const sizes = (
  performanceSampleCount: number,
  accuracySampleCount = performanceSampleCount,
): Pick<OfficialBenchmark, 'performanceSampleCount' | 'accuracySampleCount'> => ({
  performanceSampleCount,
  accuracySampleCount,
});

/** @see protocol sheet "load generation", sections 1, 4 and 5 */
const officialBenchmarks: readonly OfficialBenchmark[] = [
  {
    names: ['resnet'],
    ...sizes(1024, 50_000),
    serverLatencyMs: 15,
    closedScenarios: ['SingleStream', 'MultiStream', 'Offline'],
    closedTests: ['TEST01', 'TEST04'],
    closedAccuracy: { pattern: /accuracy=([\d.]+)/, atLeast: 75.695 },
  },
  { names: ['retinanet'], serverLatencyMs: 100 },
  {
    names: ['bert-99', 'bert-99.9'],
    ...sizes(10_833),
    serverLatencyMs: 130,
    closedTests: ['TEST01'],
  },
  { names: ['dlrm-v2-99', 'dlrm-v2-99.9'], serverLatencyMs: 60 },
  { names: ['dlrm-v3'], hasVariants: true, serverLatencyMs: 80, closedTests: ['TEST08'] },
  {
    names: ['3d-unet-99', '3d-unet-99.9'],
    ...sizes(43),
    equalIssue: true,
    closedScenarios: ['SingleStream', 'Offline'],
    closedTests: ['TEST01'],
  },
  { names: ['gptj-99', 'gptj-99.9'], serverLatencyMs: 20_000, equalIssue: true },
  { names: ['stable-diffusion-xl'], serverLatencyMs: 20_000, closedTests: ['TEST01', 'TEST04'] },
  { names: ['pointpainting'], streamPercentile: 0.999 },
  { names: ['rgat'], equalIssue: true, closedTests: ['TEST01'] },
  { names: ['whisper'], ...sizes(1633), equalIssue: true, closedTests: ['TEST01'] },
  { names: ['yolo-95', 'yolo-99'], ...sizes(64, 1525), closedTests: ['TEST01'] },
  { names: ['wan-2.2'], hasVariants: true, ...sizes(50, 248), closedTests: ['TEST04'] },
  { names: ['e2e-rag'], hasVariants: true, ...sizes(824), closedTests: ['TEST09'] },
  { names: ['qwen3.6-27b'], ...sizes(995), closedScenarios: ['SingleStream'] },
  { names: ['qwen3-vl'], hasVariants: true, serverLatencyMs: 12_000 },
  {
    names: ['llama2-70b-99', 'llama2-70b-99.9'],
    server: limits(2000, 200),
    interactive: limits(450, 40),
    equalIssue: true,
    closedTests: ['TEST06'],
  },
  {
    names: ['llama3.1-405b'],
    server: limits(6000, 175),
    interactive: limits(4500, 80),
    equalIssue: true,
  },
  { names: ['llama3.1-8b-edge'], ...sizes(5000), equalIssue: true, closedTests: ['TEST06'] },
  {
    names: ['llama3.1-8b'],
    ...sizes(13_368),
    server: limits(2000, 100),
    interactive: limits(500, 30),
    equalIssue: true,
    closedTests: ['TEST06'],
  },
  {
    names: ['deepseek-r1'],
    server: limits(2000, 80),
    interactive: limits(1500, 15),
    equalIssue: true,
    closedTests: ['TEST06'],
  },
  {
    names: ['gpt-oss-120b'],
    server: limits(3000, 80),
    interactive: limits(2000, 15),
    equalIssue: true,
    closedTests: ['TEST07', 'TEST09'],
  },
  { names: ['mixtral-8x7b'], server: limits(2000, 200), equalIssue: true },
];

/** The names, for messages. */
export const officialNames: readonly string[] = officialBenchmarks.flatMap(({ names }) => names);

/** The benchmark of an official name; undefined when there is none. */
export function officialBenchmark(name: string): OfficialBenchmark | undefined {
  return (
    officialBenchmarks.find(({ names }) => names.includes(name)) ??
    officialBenchmarks.find(
      ({ names, hasVariants }) =>
        hasVariants === true && names.some((known) => name.startsWith(`${known}-`)),
    )
  );
}
