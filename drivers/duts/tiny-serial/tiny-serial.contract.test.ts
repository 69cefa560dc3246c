import { describeDutContract } from '../dut-contract.ts';
import { keywordSample, openBoardProcess } from './board-process-dut.ts';

describeDutContract('a tiny serial board', async () => {
  const opened = await openBoardProcess([]);
  return {
    dut: opened.dut,
    sample: keywordSample,
    outputLength: 12,
    identity: {
      vendor: 'unspecified',
      firmware: 'ULPMark for tinyML Firmware V0.0.1',
      firmwareMode: 'performance',
      model: 'kws01',
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
});
