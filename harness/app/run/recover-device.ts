import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import type { RecoveryStep } from '#harness/contracts/records/run-record.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { withDeadline } from '#harness/kernel/deadline.ts';

import { powerRungs } from '../lab/power-rungs.ts';
import { climbLadder, type RecoveryRung } from '../lab/recovery-ladder.ts';
import { isAbsent, returnWithinMs, whenThere } from '../lab/when-there.ts';
import { checkExpectedIdentity, checkSameDevice } from './check-identity.ts';
import { closeDevice, openDevice } from './open-device.ts';
import { deviceOf, type RunBench } from './run-bench.ts';
import { redeploy } from './steps-deploy.ts';

/** Opens the device as soon as it is there. */
function openWhenThere(bench: RunBench, signal: AbortSignal): Promise<void> {
  return whenThere((bounded) => openDevice(bench, bounded), bench.clock, signal);
}

async function reopen(bench: RunBench, signal: AbortSignal): Promise<void> {
  await closeDevice(bench);
  await openWhenThere(bench, signal);
}

/** It must be the same device with the same model. */
async function confirm(bench: RunBench, signal: AbortSignal): Promise<void> {
  if (bench.found.thread === undefined) await openWhenThere(bench, signal);
  const bounded = withDeadline(returnWithinMs, signal);
  await deviceOf(bench).call('awaitBoot', null, { signal: bounded });
  const now = await deviceOf(bench).call('identify', null, { signal: bounded });
  const { identity: before } = bench.found;
  checkExpectedIdentity(bench.board, now, 'after recovery');
  if (before === undefined) return;
  checkSameDevice(bench.board.id, { before, now }, 'after recovery');
  if (now.model === before.model) return;
  const message = `board ${bench.board.id} held model "${before.model}", after recovery it holds "${now.model}"`;
  throw labError('dut/wrong-model', message);
}

function rungsOf(bench: RunBench): RecoveryRung[] {
  const { lab, board, clock, log } = bench;
  const mayRedeploy = board.deploy !== undefined && board.deploy.kind !== 'none';
  return [
    { name: 'reopen', climb: (signal) => reopen(bench, signal) },
    ...powerRungs(lab, board, { clock, log, before: () => closeDevice(bench) }),
    ...(mayRedeploy && board.recovery?.redeploy !== false
      ? [
          {
            name: 'redeploy',
            climb: async (signal: AbortSignal) => {
              if (bench.found.thread === undefined) await openWhenThere(bench, signal);
              await redeploy(bench, signal);
            },
          },
        ]
      : []),
  ];
}

function noteStep(bench: RunBench, step: RecoveryStep, error: unknown): void {
  bench.found.recovery.push(step);
  bench.tell({ type: 'recovery', ...step });
  const fields = { ...step, error: error === undefined ? null : errorRecord(error).message };
  bench.log({ level: 'warn', message: 'recovery of the board', fields });
}

/** Faults after which a device can be asked again: it lost its state or its link, not its identity. */
export function isRecoverable(error: unknown): boolean {
  return (
    isAbsent(error) ||
    hasCode(
      error,
      'dut/rebooted',
      'dut/timeout',
      'dut/no-answer',
      'dut/load-failed',
      'dut/garbled-reply',
      'serial/write-failed',
      'usb/transfer-failed',
      'usb/stalled',
      'network/closed',
    )
  );
}

/**
 * Brings the board back after a fault of the link or a hang: as it is, by opening it anew, by its power, by a new
 * deploy; each only when the one before did not help.
 *
 * @throws `fault` when nothing helped
 */
export async function recoverDevice(
  bench: RunBench,
  fault: unknown,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = bench;
  const asIs: RecoveryRung = { name: 'await-boot', climb: () => Promise.resolve() };
  const rungs = [...(isAbsent(fault) ? [] : [asIs]), ...rungsOf(bench)];
  const isBack = await climbLadder(
    {
      rungs,
      confirm: (step) => confirm(bench, step),
      isFinal: (error) => hasCode(error, 'dut/identity-mismatch'),
      reason: errorRecord(fault).code,
      clock,
      onStep: (step, error) => noteStep(bench, step, error),
    },
    signal,
  );
  if (!isBack) throw assertDefined(fault, 'a recovery has a reason');
}
