import { defineDutDriver, type DutDriver } from '#harness/contracts/define-driver.ts';
import type { Dut, DutContext } from '#harness/contracts/dut.ts';

import { InferenceSession } from './inference-session.ts';
import {
  OpenInferenceConfigSchema,
  openInferenceSettings,
  type OpenInferenceConfig,
} from './open-inference-config.ts';
import { openInferenceLink } from './open-link.ts';

async function openDut(config: OpenInferenceConfig, context: DutContext): Promise<Dut> {
  const settings = openInferenceSettings(config);
  const boardModel = context.deployment?.boardModel ?? '';
  const link = await openInferenceLink(settings, boardModel, context.clock);
  const session = new InferenceSession(link, settings, context);
  return {
    identify: (signal) => session.identify(signal),
    awaitBoot: (signal) => session.awaitReady(signal),
    load: (sample, signal) => session.load(sample, signal),
    infer: (signal) => session.infer(signal),
    inferWindow: (inferenceCount, signal) => session.inferWindow(inferenceCount, signal),
    counters: () => session.counters(),
    concurrent: {
      inFlightCountMax: settings.connectionCount,
      batchSizeMax: settings.batchSizeMax,
      infer: (samples, signal) => session.inferBatch(samples, signal),
    },
    release: (signal) => session.release(signal),
    [Symbol.asyncDispose]: () => session.close(),
  };
}

/** The host and port of the server, so that two entries of one server are one resource. */
function serverAddress(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol === 'https:' || protocol === 'grpcs:' ? '443' : '80';
  return `${hostname}:${port === '' ? usual : port}`;
}

/** A server of the Open Inference Protocol v2, over HTTP or gRPC; see README. */
export const openInference: DutDriver = defineDutDriver({
  id: 'dut/open-inference',
  config: OpenInferenceConfigSchema,
  resources: ({ url }) => [serverAddress(url)],
  open: (config, context) => openDut(config, context),
});
