import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import type { DutIdentity } from '#harness/contracts/records/run-record.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import type { HttpAnswer } from '../../transports/http/http-client.ts';
import { checkStatus } from './check-status.ts';
import { timed, type EndpointSession } from './endpoint-session.ts';

const ModelListCheck = Compile(
  Type.Object({
    data: Type.Array(Type.Object({ id: Type.String(), owned_by: Type.Optional(Type.String()) }), {
      minItems: 1,
    }),
  }),
);

interface ServedModel {
  readonly id: string;
  readonly owned_by?: string;
}

const modelsPath = 'v1/models';
const bootPollMs = 100;

function parseModels({ body }: HttpAnswer, url: string): readonly ServedModel[] {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    // Text that is no JSON fails the check below.
    json = undefined;
  }
  if (ModelListCheck.Check(json)) return json.data;
  throw labError('network/malformed-answer', `${url} lists no models`, { details: { url } });
}

/**
 * Asks for the list of models.
 *
 * @throws LabError network/unreachable, network/tls-failed, network/refused, network/server-error, network/closed,
 * network/malformed-answer, dut/timeout
 */
export async function listModels(
  session: EndpointSession,
  caller: AbortSignal,
): Promise<{ readonly models: readonly ServedModel[]; readonly answer: HttpAnswer }> {
  const { client, settings } = session;
  const limits = { timeoutMs: settings.identifyTimeoutMs, signal: caller };
  const answer = await timed(session, limits, (signal) =>
    client.request({ method: 'GET', path: modelsPath, signal }),
  );
  checkStatus(answer, settings.url);
  return { models: parseModels(answer, settings.url), answer };
}

/** Waits until the server lists its models: after a deploy it may be down, or busy with loading. @throws as `listModels` */
export async function awaitServer(session: EndpointSession, caller: AbortSignal): Promise<void> {
  const limits = { timeoutMs: session.settings.bootTimeoutMs, signal: caller };
  await timed(session, limits, async (signal) => {
    for (;;) {
      try {
        await listModels(session, signal);
        return;
      } catch (error) {
        const isDown = hasCode(
          error,
          'network/unreachable',
          'network/closed',
          'network/server-error',
        );
        if (!isDown) throw error;
      }
      await session.context.clock.sleep(bootPollMs, signal);
    }
  });
}

/** Opens the connections of the pool. */
async function warm(session: EndpointSession, caller: AbortSignal): Promise<void> {
  const { client, settings } = session;
  const { connectionCount, identifyTimeoutMs: timeoutMs } = settings;
  await timed(session, { timeoutMs, signal: caller }, (signal) =>
    client.warm({ path: modelsPath, connectionCount, signal }),
  );
}

/**
 * Who serves, and whether it serves the suite's model: a server that has it under the configured name, or under the
 * suite's own, is taken at its word. Opens the connections of the pool, so that no query pays for one.
 */
export async function identify(
  session: EndpointSession,
  signal: AbortSignal,
): Promise<DutIdentity> {
  const { settings, context } = session;
  const { models, answer } = await listModels(session, signal);
  await warm(session, signal);
  const boardModel = context.deployment?.boardModel;
  const wanted = settings.model ?? boardModel;
  const served = assertDefined(
    models.find(({ id }) => id === wanted) ?? models[0],
    'a list of models has one',
  );
  session.servedModel = served.id;
  const vendor = served.owned_by ?? 'unspecified';
  const server = answer.headers['server'] ?? vendor;
  return {
    vendor,
    firmware: server,
    firmwareMode: 'none',
    model: served.id === wanted ? (boardModel ?? served.id) : served.id,
    network: { address: settings.url, server },
  };
}
