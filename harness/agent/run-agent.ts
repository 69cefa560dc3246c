import type { TcpConnection } from '#drivers/transports/tcp/tcp-connection.ts';
import { listenTcp } from '#drivers/transports/tcp/tcp-server.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { readTokenFile } from './access-token.ts';
import { AgentDevice } from './agent-device.ts';
import { checkExposure, readServerTls, type AgentOptions } from './agent-options.ts';
import { boardIdentity } from './board-identity.ts';
import { hostGate } from './host-gate.ts';
import { HostSession } from './host-session.ts';
import { startInferenceThread } from './inference-thread.ts';
import type { SharedDevice } from './request-answerer.ts';
import { noTelemetry, openTelemetry } from './telemetry/telemetry.ts';

/** An agent that serves. */
export interface Agent extends AsyncDisposable {
  readonly port: number;
  /** Who it says it is. */
  readonly board: string;
}

const connectionCountMax = 8;
const payloadBytesMax = 1 << 20;
const sampleBytesMax = 1 << 26;

/** What an agent gets from its surroundings. */
interface AgentContext {
  readonly clock: Clock;
  readonly log: LogWriter;
}

async function openShared(
  options: AgentOptions,
  { clock, log }: AgentContext,
  stack: AsyncDisposableStack,
): Promise<Omit<SharedDevice, 'token'>> {
  const { stateFolder, inference, modelBytesMax } = options;
  const started = AbortSignal.timeout(bootTimeoutMs);
  const device = stack.use(
    await AgentDevice.boot(
      {
        stateFolder,
        limits: { payloadBytesMax, modelBytesMax, sampleBytesMax },
        clock,
        log,
        startThread: (signal) => startInferenceThread(inference, signal),
      },
      started,
    ),
  );
  const { sysfs, nvidiaSmi } = options.telemetry ?? { sysfs: '/sys', nvidiaSmi: '' };
  const telemetry =
    options.telemetry === undefined
      ? noTelemetry
      : stack.use(await openTelemetry({ sysfs, nvidiaSmi, clock, log }));
  const runtime = `${device.library}, ${inference.executionProviders.join('+')}`;
  const identity = await boardIdentity(sysfs, runtime, options.identity);
  return { device, identity, telemetry, clock, gate: hostGate(clock) };
}

const bootTimeoutMs = 120_000;

/**
 * Starts an agent: the model of before is opened, the sources of telemetry are found, and then it listens.
 *
 * @throws LabError agent/insecure, agent/bad-secret, agent/state-unusable, agent/provider-unavailable, agent/listen-failed
 */
export async function runAgent(
  options: AgentOptions,
  context: AgentContext,
  signal: AbortSignal,
): Promise<Agent> {
  checkExposure(options);
  const { host, port, tokenFile } = options;
  const { log } = context;
  const token = tokenFile === undefined ? {} : { token: await readTokenFile(tokenFile) };
  const tls = options.tls === undefined ? {} : { tls: await readServerTls(options.tls) };
  const stop = new AbortController();
  const sessions = new Set<Promise<void>>();
  const stack = new AsyncDisposableStack();
  try {
    const shared: SharedDevice = { ...(await openShared(options, context, stack)), ...token };
    const onConnection = (connection: TcpConnection): void => {
      const session = new HostSession(connection, { shared, log });
      const serving = session.serve(stop.signal).catch((error: unknown) => {
        const fields = { host: connection.path, error: String(error) };
        log({ level: 'error', message: 'a session failed', fields });
      });
      sessions.add(serving);
      void serving.finally(() => sessions.delete(serving));
    };
    const onRefused = (remote: string, cause: Error): void => {
      const fields = { host: remote, error: cause.message };
      log({ level: 'warn', message: 'TLS handshake failed', fields });
    };
    stack.defer(async () => {
      stop.abort(new Error('the agent stops'));
      await Promise.all(sessions);
    });
    const server = stack.use(
      await listenTcp({ host, port, ...tls, connectionCountMax, onConnection, onRefused }, signal),
    );
    const { vendor, serialNumber } = shared.identity;
    return {
      port: server.port,
      board: `${vendor}, ${serialNumber}`,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
