import { Type } from 'typebox';

import { openSerialTransport } from '#drivers/transports/serial/serial-transport.ts';
import { definePowerDriver } from '#harness/contracts/define-driver.ts';

import { openLpm01a } from './open-lpm01a.ts';
import { asciiSampleRatesHz } from './protocol.ts';

/** The nominal rate of the USB port; the port's own speed does not depend on it. */
const nominalBaudRate = 3_686_400;
const usualSampleRateHz = 1000;
/** What the board gets to boot after its supply came on, before the first sample. */
const usualSettleMs = 1000;

/**
 * ST X-NUCLEO-LPM01A: supplies the board and samples its energy, one value per sample period, sent as ASCII.
 *
 * @see README.md for the protocol sheet and its revision
 */
export const lpm01a = definePowerDriver({
  id: 'power/lpm01a',
  config: Type.Object(
    {
      path: Type.String({ minLength: 1, description: 'the serial device of the analyzer' }),
      baudRate: Type.Optional(
        Type.Integer({ minimum: 9600, description: `default ${nominalBaudRate}` }),
      ),
      supplyVolts: Type.Number({
        minimum: 1.8,
        maximum: 3.3,
        description: 'supply of the board in volts; no default, since a wrong one may harm it',
      }),
      sampleRateHz: Type.Optional(
        Type.Union(
          asciiSampleRatesHz.map((rateHz) => Type.Literal(rateHz)),
          { description: `default ${usualSampleRateHz}` },
        ),
      ),
      settleMs: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 60_000,
          description: `wait between supply on and the first sample; default ${usualSettleMs}`,
        }),
      ),
    },
    { additionalProperties: false },
  ),
  resources: (config) => [config.path],
  open: async (config, context, signal) => {
    const { path, baudRate = nominalBaudRate } = config;
    const { supplyVolts, sampleRateHz = usualSampleRateHz, settleMs = usualSettleMs } = config;
    const transport = await openSerialTransport({ path, baudRate }, signal);
    return openLpm01a(transport, { ...context, supplyVolts, sampleRateHz, settleMs });
  },
});
