import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { writeAccuracyLog } from './accuracy-files.ts';
import { detailLog, missingKeys } from './detail-log.ts';
import type { ScenarioPlan } from './export-plan.ts';
import type { ExportLeg, ExportRun, MissingField } from './export-run.ts';
import { accuracyFolder, layoutFiles, performanceFolder } from './layout-names.ts';
import { accuracyText, measurementsJson, scenarioReadme, userConf } from './scenario-texts.ts';
import { summaryLog } from './summary-log.ts';
import { measurementFields } from './system-fields.ts';

/** Writes a file of the tree and the folders that it stands in. */
export async function writeTreeFile(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text, { flag: 'wx' });
}

async function writeLogs(
  root: string,
  folder: string,
  source: { readonly run: ExportRun; readonly leg: ExportLeg },
): Promise<MissingField[]> {
  const log = detailLog(source.run, source.leg);
  const detail = `${folder}/${layoutFiles.detail}`;
  await writeTreeFile(root, detail, log.text);
  const summary = summaryLog(source.run, source.leg, log.entries);
  await writeTreeFile(root, `${folder}/${layoutFiles.summary}`, summary);
  return missingKeys(detail, log);
}

/** The accuracy side. @returns where the whole accuracy log lies when it was cut */
async function writeAccuracy(
  root: string,
  plan: ScenarioPlan,
  run: ExportRun,
): Promise<string | undefined> {
  const division = `open/${plan.submitter}`;
  const folder = `${division}/results/${plan.place}/${accuracyFolder}`;
  const path = `${folder}/${layoutFiles.accuracyLog}`;
  const target = { path, division, place: plan.place };
  const log = await writeAccuracyLog(root, target, run.accuracy ?? []);
  const text = accuracyText(run.record, log.sha256);
  await writeTreeFile(root, `${folder}/${layoutFiles.accuracyText}`, text);
  return log.wholePath;
}

/** A side that no run measured, as missing files. */
function missingLegs(plan: ScenarioPlan, folder: string): MissingField[] {
  return [
    ...(plan.legs.has('performance') ? [] : [`${folder}/${performanceFolder}`]),
    ...(plan.legs.has('accuracy') ? [] : [`${folder}/${accuracyFolder}`]),
  ].map((file) => ({ file, field: 'the whole folder: no run of it was exported' }));
}

/**
 * Writes everything of one scenario.
 *
 * @param root - the tree
 * @returns what the layout asks for and the records do not hold
 */
export async function writeScenario(root: string, plan: ScenarioPlan): Promise<MissingField[]> {
  const folder = `open/${plan.submitter}/results/${plan.place}`;
  const performance = plan.legs.get('performance');
  const accuracy = plan.legs.get('accuracy');
  const missing: MissingField[] = missingLegs(plan, folder);
  if (performance !== undefined) {
    const source = { run: performance, leg: 'performance' } as const;
    missing.push(...(await writeLogs(root, `${folder}/${performanceFolder}`, source)));
  }
  let wholePath: string | undefined;
  if (accuracy !== undefined) {
    const source = { run: accuracy, leg: 'accuracy' } as const;
    missing.push(...(await writeLogs(root, `${folder}/${accuracyFolder}`, source)));
    wholePath = await writeAccuracy(root, plan, accuracy);
  }
  const main = performance ?? accuracy;
  if (main === undefined) return missing;
  const measurements = `${folder}/${layoutFiles.measurements}`;
  await writeTreeFile(root, measurements, measurementsJson(main.record));
  await writeTreeFile(root, `${folder}/${layoutFiles.userConf}`, userConf(main.record));
  const runs = [...plan.legs].map(([leg, run]) => ({ leg, run }));
  const readme = scenarioReadme(plan.place, runs, wholePath);
  await writeTreeFile(root, `${folder}/${layoutFiles.readme}`, readme);
  missing.push(...measurementFields.map((field) => ({ file: measurements, field })));
  return missing;
}
