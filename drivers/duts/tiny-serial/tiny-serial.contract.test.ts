import { describeDutContract } from '../dut-contract.ts';
import { keywordContext, keywordSample, openBoardProcess } from './board-process-dut.ts';
import { openRelayedBoard } from './relayed-board-process.ts';
import { tinySerial } from './tiny-serial.ts';

const facts = {
  sample: keywordSample,
  outputLength: 12,
};
const identity = {
  vendor: 'unspecified',
  firmware: 'ULPMark for tinyML Firmware V0.0.1',
  firmwareMode: 'performance',
  model: 'kws01',
};
const energyIdentity = { ...identity, firmwareMode: 'energy' };

describeDutContract('a tiny serial board', async () => {
  const opened = await openBoardProcess([]);
  return {
    ...facts,
    identity,
    dut: opened.dut,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
});

describeDutContract('a tiny serial board of the energy build', async () => {
  const opened = await openBoardProcess(['--mode', 'energy'], { firmwareMode: 'energy' });
  return {
    ...facts,
    identity: energyIdentity,
    dut: opened.dut,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
});

describeDutContract('an energy build behind an STM32 IO manager', async () => {
  const opened = await openRelayedBoard({
    generation: 'stm32',
    board: ['--mode', 'energy'],
    config: { firmwareMode: 'energy' },
  });
  return {
    ...facts,
    identity: energyIdentity,
    dut: opened.dut,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
});

describeDutContract('a tiny serial board behind an Arduino IO manager', async () => {
  const opened = await openRelayedBoard({ generation: 'arduino' });
  return {
    ...facts,
    identity,
    dut: opened.dut,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
});

/** A real board that holds the keyword model, as JSON of the driver's configuration. */
const hilConfig = process.env['ASSAY_HIL_TINY_SERIAL'];
if (hilConfig !== undefined) {
  const config: unknown = JSON.parse(hilConfig);
  describeDutContract('a tiny serial board (hil)', async () => {
    const dut = await tinySerial.open(config, keywordContext, AbortSignal.timeout(20_000));
    return {
      ...facts,
      identity: { model: 'kws01' },
      dut,
      [Symbol.asyncDispose]: () => dut[Symbol.asyncDispose](),
    };
  });
}
