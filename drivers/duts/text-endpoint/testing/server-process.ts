import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { withDeadline } from '#harness/kernel/deadline.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { openHttpClient } from '../../../transports/http/http-client.ts';

/** A simulated server that runs as its own process. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  /** Switches a fault on while it runs. */
  readonly addFault: (spec: string) => Promise<void>;
  readonly clearFaults: () => Promise<void>;
}

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const startTimeoutMs = 20_000;
const stopTimeoutMs = 5_000;

/** The tokenizer of the suite, and so of the server. */
export const tokenizerPath = `${root}fixtures/models/question-answering/tokenizer.json`;

async function urlWhenReady(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the simulator has no output');
  let url = '';
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.trim() === 'ready') return url;
    url = /^\{"url":"([^"]+)"\}$/.exec(line)?.[1] ?? url;
  }
  throw new Error('the simulator ended before it was ready');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit', { signal: withDeadline(stopTimeoutMs) });
  child.kill('SIGTERM');
  await exited.catch(() => child.kill('SIGKILL'));
}

async function order(url: string, body: Readonly<Record<string, string>>): Promise<void> {
  await using client = openHttpClient({ baseUrl: url, connectionCountMax: 1 }, systemClock());
  const signal = withDeadline(stopTimeoutMs);
  const asked = { method: 'POST', path: 'simulator', body: JSON.stringify(body), signal } as const;
  const answer = await client.request(asked);
  if (answer.status !== 200) throw new Error(Buffer.from(answer.body).toString('utf8'));
}

/**
 * Starts the simulated server with the suite's tokenizer, as fast as it can answer.
 *
 * @param options - further arguments of its command line: `['--token-ms=5']`
 */
export async function startServerProcess(options: readonly string[] = []): Promise<ServerProcess> {
  const program = `${root}fixtures/boards/text-server/main.ts`;
  const pace = ['--ttft-ms=0', '--token-ms=0'];
  const child = spawn(
    process.execPath,
    [program, '--tokenizer', tokenizerPath, '--json', ...pace, ...options],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const deadline = withDeadline(startTimeoutMs);
  const kill = (): boolean => child.kill('SIGKILL');
  deadline.addEventListener('abort', kill);
  try {
    const url = await urlWhenReady(child);
    return {
      url,
      addFault: (fault) => order(url, { do: 'fault', fault }),
      clearFaults: () => order(url, { do: 'clear-faults' }),
      [Symbol.asyncDispose]: () => stop(child),
    };
  } catch (error) {
    await stop(child);
    throw error;
  } finally {
    deadline.removeEventListener('abort', kill);
  }
}
