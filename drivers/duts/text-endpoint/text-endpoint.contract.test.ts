import { describeDutContract } from '../dut-contract.ts';
import { classNames, comparisonSample, openEndpoint } from './testing/open-endpoint.ts';
import { startServerProcess } from './testing/server-process.ts';

for (const api of ['chat', 'completions'] as const) {
  describeDutContract(`a text endpoint (${api})`, async () => {
    const server = await startServerProcess();
    const opened = await openEndpoint(server.url, { api, connectionCount: 2 });
    return {
      dut: opened.dut,
      sample: comparisonSample,
      outputLength: classNames.length,
      identity: {
        vendor: 'assay',
        firmware: 'assay-text-server/1.0',
        firmwareMode: 'none',
        model: 'qa01',
        network: { address: server.url, server: 'assay-text-server/1.0' },
      },
      [Symbol.asyncDispose]: async () => {
        await opened[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  });
}

/** `{"url": "http://board:8000", "model": "…", …}`: the driver's configuration, for a real server. */
const realConfig = process.env['ASSAY_HIL_TEXT_ENDPOINT'];
if (realConfig !== undefined) {
  const config: unknown = JSON.parse(realConfig);
  const fields = typeof config === 'object' && config !== null ? { ...config } : {};
  const url = 'url' in fields ? String(fields.url) : '';
  describeDutContract('a real text endpoint', async () => {
    const opened = await openEndpoint(url, fields);
    return {
      dut: opened.dut,
      sample: comparisonSample,
      outputLength: classNames.length,
      identity: { firmwareMode: 'none' },
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  });
}
