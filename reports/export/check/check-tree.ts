import type { ExportLeg } from '../export-run.ts';
import { accuracyFolder, layoutFiles, performanceFolder } from '../layout-names.ts';
import { checkAccuracy } from './check-accuracy.ts';
import { checkBenchmarkName } from './check-benchmark-name.ts';
import { checkDisclaimers } from './check-disclaimers.ts';
import { checkClosedDivision, checkNetworkName } from './check-division.ts';
import { checkDuration } from './check-duration.ts';
import { checkEarlyStopping } from './check-early-stopping.ts';
import { checkEqualIssue } from './check-equal-issue.ts';
import { checkLatencyLimits } from './check-latency-limits.ts';
import { checkLayout } from './check-layout.ts';
import { checkLogLines } from './check-log-lines.ts';
import { checkMeasurements } from './check-measurements.ts';
import { checkMetrics } from './check-metrics.ts';
import { checkPower } from './check-power.ts';
import { checkQueryCount } from './check-query-count.ts';
import { checkRates } from './check-rates.ts';
import { checkSeeds } from './check-seeds.ts';
import { checkSetSizes } from './check-set-sizes.ts';
import { checkSummary } from './check-summary.ts';
import { checkSystems } from './check-system.ts';
import { checkValidity } from './check-validity.ts';
import { parseDetailLog } from './detail-log-content.ts';
import { readTreeFiles, type TreeFiles } from './export-tree-files.ts';
import type { Finding } from './finding.ts';
import { submitterViews, type ScenarioView } from './layout-view.ts';
import type { CheckOptions, LogView } from './log-view.ts';

/** What a check of a tree found. */
export interface TreeCheck {
  /** True when no finding is an error. */
  readonly ok: boolean;
  readonly errorCount: number;
  readonly noteCount: number;
  /** Errors first, then by file and line. */
  readonly findings: readonly Finding[];
}

const logChecks: readonly ((view: LogView) => Finding[])[] = [
  checkLogLines,
  checkValidity,
  checkMetrics,
  checkQueryCount,
  checkDuration,
  checkEarlyStopping,
  checkRates,
  checkSeeds,
  checkSetSizes,
  checkLatencyLimits,
  checkEqualIssue,
  checkNetworkName,
];

function logView(
  files: TreeFiles,
  folder: ScenarioView,
  log: { readonly leg: ExportLeg; readonly options: CheckOptions },
): LogView | undefined {
  const leaf = log.leg === 'performance' ? performanceFolder : accuracyFolder;
  const file = `${folder.path}/${leaf}/${layoutFiles.detail}`;
  const text = files.text(file);
  if (text === undefined) return undefined;
  const content = parseDetailLog(text);
  const stated = content.find('effective_scenario')?.value;
  const named = folder.scenario === 'Interactive' ? 'Server' : folder.scenario;
  return { file, folder, content, ...log, scenario: typeof stated === 'string' ? stated : named };
}

function scenarioFindings(
  files: TreeFiles,
  folder: ScenarioView,
  options: CheckOptions,
): Finding[] {
  const performance = logView(files, folder, { leg: 'performance', options });
  const accuracy = logView(files, folder, { leg: 'accuracy', options });
  const logs = [performance, accuracy].flatMap((view) => view ?? []);
  const sampleCount =
    accuracy?.content.number('effective_accuracy_sample_count') ??
    accuracy?.content.number('qsl_reported_total_count');
  return [
    ...checkBenchmarkName(folder),
    ...logs.flatMap((view) => logChecks.flatMap((check) => check(view))),
    ...checkSummary(files, performance),
    ...checkAccuracy(files, folder, sampleCount),
    ...checkMeasurements(files, folder),
    ...checkPower(files, folder, performance),
  ];
}

const rank = ({ severity }: Finding): number => (severity === 'error' ? 0 : 1);

function byPlace(one: Finding, other: Finding): number {
  return (
    rank(one) - rank(other) ||
    one.file.localeCompare(other.file) ||
    (one.line ?? 0) - (other.line ?? 0)
  );
}

/**
 * Checks a tree in the layout, however it was made: everything that the field's checker looks at, and what it lets
 * through. Blocks; reads every file.
 *
 * @throws LabError export/tree-unreadable when there is no such folder
 * @see protocol sheet "load generation", section 4
 */
export function checkTree(dir: string, options: CheckOptions): TreeCheck {
  const files = readTreeFiles(dir);
  const views = submitterViews(files);
  const findings = [
    ...checkLayout(files, views),
    ...checkDisclaimers(files),
    ...views.flatMap((view) => [
      ...checkSystems(files, view),
      ...checkClosedDivision(files, view),
      ...view.scenarios.flatMap((scenario) => scenarioFindings(files, scenario, options)),
    ]),
  ].toSorted(byPlace);
  const errorCount = findings.filter(({ severity }) => severity === 'error').length;
  return { ok: errorCount === 0, errorCount, noteCount: findings.length - errorCount, findings };
}
