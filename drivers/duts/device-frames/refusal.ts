import type { ErrorCode } from '#harness/contracts/error-catalogue.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import type { DeviceError } from '../../transports/device-protocol/device-errors.ts';
import type { RequestKind } from '../../transports/device-protocol/requests.ts';

/** What each error of the protocol is to the lab, where the request makes no difference. */
const codeByName: Readonly<Record<DeviceError['name'], ErrorCode>> = {
  'unsupported-version': 'agent/unsupported-version',
  'damaged-frame': 'dut/garbled-reply',
  'unknown-request': 'dut/unsupported',
  'bad-payload': 'dut/rejected-command',
  'too-large': 'dut/rejected-command',
  'not-greeted': 'dut/rebooted',
  denied: 'agent/denied',
  busy: 'dut/rejected-command',
  'hash-mismatch': 'dut/deploy-failed',
  'model-unusable': 'dut/deploy-failed',
  'no-model': 'dut/wrong-model',
  'no-sample': 'dut/rejected-command',
  'sample-size': 'dut/wrong-model',
  'inference-failed': 'dut/rejected-command',
  unsupported: 'dut/unsupported',
  internal: 'dut/rejected-command',
  unknown: 'dut/rejected-command',
};

function codeOf(kind: RequestKind, name: DeviceError['name']): ErrorCode {
  if (name === 'too-large' && kind === 'load') return 'dut/sample-too-large';
  const isModel = kind === 'model-begin' || kind === 'model-data' || kind === 'model-end';
  if (isModel && name !== 'not-greeted' && name !== 'denied') return 'dut/deploy-failed';
  return codeByName[name];
}

/** An error frame as an error of the lab, with the device's words. */
export function refusalError(boardId: string, kind: RequestKind, error: DeviceError): LabError {
  const words = error.words === '' ? '' : `: ${error.words}`;
  const name = error.name === 'unknown' ? `error ${error.code}` : error.name;
  return labError(
    codeOf(kind, error.name),
    `the board ${boardId} answered ${kind}: ${name}${words}`,
    {
      details: { boardId, request: kind, deviceError: error.name, code: error.code },
    },
  );
}

/** The device's name of the error, where this error is one of its refusals. */
export function refusalName(error: LabError): unknown {
  return error.details['deviceError'];
}
