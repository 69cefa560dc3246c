import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { loadLabConfig } from '#harness/config/load-lab-config.ts';
import type { Dut } from '#harness/contracts/dut.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { onnxInferenceRuntime } from '#suites/runtime/onnx-inference-runtime.ts';

import { findSuite } from '../lab/find-entry.ts';
import { openBoard } from '../lab/open-board.ts';
import { dutCallHandlers, type DutCallHandlers } from './dut-call-handlers.ts';
import type {
  DutCallName,
  DutThreadNotice,
  DutThreadReply,
  DutThreadRequest,
  DutThreadStart,
} from './dut-thread-protocol.ts';

const parent = assertDefined(parentPort, 'this file is the entry of a worker thread');
const tell = (notice: DutThreadNotice): void => parent.postMessage(notice);

const StartTexts = Type.Object({
  configPath: Type.String(),
  boardId: Type.String(),
  suiteId: Type.String(),
  originNs: Type.String(),
  sampleByteCount: Type.Integer(),
});

/** What the thread was started with; checked, since it came as anything. */
function startOf(data: unknown): DutThreadStart {
  assert(Value.Check(StartTexts, data), 'the thread was started with its texts');
  assert('samples' in data && data.samples instanceof SharedArrayBuffer, 'and with the samples');
  return { ...data, samples: data.samples };
}

/** Answers one call through its port; anything that comes back through the port aborts it. */
async function answerCall<Name extends DutCallName>(
  handlers: DutCallHandlers,
  request: DutThreadRequest<Name>,
): Promise<void> {
  const abort = new AbortController();
  const send = (port: MessagePort, reply: DutThreadReply<Name>): void => port.postMessage(reply);
  request.port.on('message', () => abort.abort());
  try {
    const value = await handlers[request.name](request.argument, {
      signal: abort.signal,
      onSample: (sampleIndex, output) =>
        send(request.port, { type: 'sample', sampleIndex, output }),
      onProgress: (progress) => send(request.port, { type: 'progress', ...progress }),
    });
    send(request.port, { type: 'done', value });
  } catch (error) {
    send(request.port, { type: 'failed', error: errorRecord(error) });
  } finally {
    request.port.close();
  }
}

async function serve(start: DutThreadStart): Promise<void> {
  const lab = await loadLabConfig(start.configPath);
  const clock = systemClock(BigInt(start.originNs));
  const suite = findSuite(lab, start.suiteId);
  const dut: Dut = await openBoard(
    lab,
    {
      boardId: start.boardId,
      suite,
      clock,
      inference: onnxInferenceRuntime(),
      log: (line) => tell({ type: 'log', line }),
      onReading: (reading) => tell({ type: 'reading', reading }),
    },
    AbortSignal.timeout(30_000),
  );
  const handlers = dutCallHandlers({
    dut,
    clock,
    samples: new Uint8Array(start.samples),
    sampleByteCount: start.sampleByteCount,
  });
  parent.on('message', (request: DutThreadRequest) => void answerCall(handlers, request));
  tell({ type: 'ready' });
}

try {
  await serve(startOf(workerData));
} catch (error) {
  tell({ type: 'broken', error: errorRecord(error) });
}
