import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { describeStreamContract } from '../stream-contract.ts';
import { openBenchProcess, openStreaming, shortStream } from './testing/bench-process-dut.ts';

describeStreamContract('a simulated wake-word bench', async () => {
  const opened = await openBenchProcess(['--vendor=assay']);
  return {
    dut: opened.dut,
    request: shortStream,
    identity: { vendor: 'assay', firmware: 'MLPerf Tiny Firmware V0.1.0', model: 'sww01' },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
});

/** `{"path":"/dev/serial/by-id/…","audioFile":"sww_10s.wav","durationMs":10000}` */
const HardwareSchema = Type.Object({
  path: Type.String(),
  audioFile: Type.String(),
  durationMs: Type.Number(),
});

const hardware = process.env['ASSAY_HIL_TINY_STREAMING'];
if (hardware !== undefined) {
  const { path, ...request } = Value.Parse(HardwareSchema, JSON.parse(hardware));
  describeStreamContract('a wake-word bench (hil)', async () => {
    const dut = await openStreaming(path, { commandTimeoutMs: 5_000, playTimeoutMs: 10_000 });
    return {
      dut,
      request,
      identity: { model: 'sww01' },
      [Symbol.asyncDispose]: () => dut[Symbol.asyncDispose](),
    };
  });
}
