import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';

import { loadLabConfig, type LoadedLab } from '#harness/config/load-lab-config.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import { withDeadline } from '#harness/kernel/deadline.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { findDaemon } from '#harness/store/sqlite/find-daemon.ts';
import { openLabKeys } from '#reports/signing/lab-keys.ts';
import { onnxInferenceRuntime } from '#suites/runtime/onnx-inference-runtime.ts';

import { findBoard, findPowerMeter } from '../lab/find-entry.ts';
import { openBoard } from '../lab/open-board.ts';
import { checkModel } from './check-model.ts';
import {
  attempt,
  attemptDevice,
  daemonWords,
  type DoctorCheck,
  type LabState,
} from './device-check.ts';
import { usbChecks } from './usb-checks.ts';

/** What `assay doctor` found. */
export interface DoctorReport {
  readonly ok: boolean;
  readonly checks: readonly DoctorCheck[];
}

const freeBytesMin = 1024 ** 3;
const checkTimeoutMs = 20_000;
const ignore: LogWriter = () => {};

async function checkState(lab: LoadedLab): Promise<string> {
  mkdirSync(lab.stateDir, { recursive: true });
  accessSync(lab.stateDir, constants.W_OK);
  const { bavail, bsize } = statfsSync(lab.stateDir);
  const freeBytes = bavail * bsize;
  const words = `${lab.stateDir}, ${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
  if (freeBytes < freeBytesMin) throw new Error(`${words}: less than 1 GiB`);
  return words;
}

async function checkKeys(lab: LoadedLab): Promise<string> {
  const { stateDir, config } = lab;
  const keys = await openLabKeys({ stateDir, labName: config.lab.name, clock: systemClock() });
  return `record key ${keys.record.keyId.slice(0, 16)}…`;
}

function checkModels(lab: LoadedLab): Promise<DoctorCheck[]> {
  return Promise.all(
    lab.config.suites.map((suite) => attempt(`suite ${suite.id}`, () => checkModel(lab, suite))),
  );
}

function daemonCheck({ daemon }: LabState): DoctorCheck {
  const detail =
    daemon === undefined
      ? 'none runs'
      : `${daemonWords(daemon)} runs: boards that measure are busy`;
  return { name: 'daemon', ok: true, detail };
}

function checkBoard(state: LabState, boardId: string): Promise<DoctorCheck> {
  const { lab } = state;
  const device = findBoard(lab, boardId);
  return attemptDevice(state, { name: `board ${boardId}`, device }, async () => {
    const signal = withDeadline(checkTimeoutMs);
    const inference = onnxInferenceRuntime();
    const context = { boardId, clock: systemClock(), inference, log: ignore };
    await using dut = await openBoard(lab, context, signal);
    const { vendor, firmware, model } = await dut.identify(signal);
    return [vendor, firmware, model === '' ? '' : `model ${model}`].filter(Boolean).join(', ');
  });
}

async function checkMeter(state: LabState, boardId: string): Promise<DoctorCheck[]> {
  const { lab } = state;
  const device = findPowerMeter(lab, findBoard(lab, boardId));
  if (device === undefined) return [];
  const name = `instrument ${device.id}`;
  const check = attemptDevice(state, { name, device }, async () => {
    const signal = withDeadline(checkTimeoutMs);
    const context = { instrumentId: device.id, clock: systemClock(), log: ignore };
    await using meter = await device.driver.open(device.config, context, signal);
    const { maker, model, firmware } = await meter.identify(signal);
    await meter.release(signal);
    return [maker, model, `firmware ${firmware}`].join(', ');
  });
  return [await check];
}

/**
 * Tries everything that a run needs, on the real devices: state folder, keys, models, USB, boards, their meters. It
 * opens the ports, so a board that measures at the moment is busy; then it names the daemon that has it.
 *
 * @throws LabError config/…, board/unknown
 */
export async function diagnoseLab(
  request: { readonly configPath?: string; readonly boardId?: string },
  signal: AbortSignal,
): Promise<DoctorReport> {
  const lab = await loadLabConfig(request.configPath);
  // Paths of boards are relative to the configuration.
  process.chdir(lab.rootDir);
  const state: LabState = { lab, daemon: findDaemon(lab.stateDir) };
  const all = lab.config.boards.map(({ id }) => id);
  const boardIds = request.boardId === undefined ? all : [findBoard(lab, request.boardId).id];
  const checks: DoctorCheck[] = [
    { name: 'configuration', ok: true, detail: lab.configPath },
    daemonCheck(state),
    await attempt('state folder', () => checkState(lab)),
    await attempt('signing keys', () => checkKeys(lab)),
    ...(await checkModels(lab)),
    ...(await usbChecks(lab.config.boards)),
  ];
  for (const boardId of boardIds) {
    signal.throwIfAborted();
    checks.push(await checkBoard(state, boardId));
    checks.push(...(await checkMeter(state, boardId)));
  }
  return { ok: checks.every(({ ok }) => ok), checks };
}
