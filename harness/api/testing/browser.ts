import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

const answerTimeoutMs = 20_000;

const AnswerSchema = Type.Object({
  id: Type.Integer(),
  error: Type.Optional(Type.Object({ message: Type.String() })),
  result: Type.Optional(Type.Unknown()),
});

const EventSchema = Type.Object({ method: Type.String(), params: Type.Unknown() });

/** A page in a real browser, driven over its debugging protocol. */
export interface BrowserPage extends AsyncDisposable {
  /** Sends a command of the protocol: `Page.navigate`, `Emulation.setEmulatedMedia` … */
  readonly send: (method: string, params?: Readonly<Record<string, unknown>>) => Promise<unknown>;
  /** The value of an expression in the page. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Uncaught errors, refused loads and console errors of the page so far. */
  readonly complaints: string[];
}

/** Path of Chromium, or undefined where it is not installed. */
export function findChromium(): string | undefined {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  );
}

async function connect(url: string, signal: AbortSignal): Promise<WebSocket> {
  const socket = new WebSocket(url);
  const opened = Promise.withResolvers<undefined>();
  socket.addEventListener('open', () => opened.resolve(undefined));
  socket.addEventListener('error', () => opened.reject(new Error(`${url} cannot be opened`)));
  await raceSignal(opened.promise, signal);
  return socket;
}

/** Commands and answers over one connection to one page. */
function pageOver(socket: WebSocket): Omit<BrowserPage, typeof Symbol.asyncDispose> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const complaints: string[] = [];
  const complaintMethods = new Set(['Runtime.exceptionThrown', 'Log.entryAdded']);
  let lastId = 0;
  socket.addEventListener('message', ({ data }: MessageEvent) => {
    const message: unknown = JSON.parse(String(data));
    if (Value.Check(AnswerSchema, message)) {
      const { id, error, result } = message;
      if (error === undefined) waiting.get(id)?.resolve(result);
      else waiting.get(id)?.reject(new Error(error.message));
      waiting.delete(id);
    } else if (Value.Check(EventSchema, message) && complaintMethods.has(message.method)) {
      complaints.push(JSON.stringify(message.params));
    }
  });
  const send: BrowserPage['send'] = (method, params = {}) => {
    lastId += 1;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(lastId, answer);
    socket.send(JSON.stringify({ id: lastId, method, params }));
    return raceSignal(answer.promise, withDeadline(answerTimeoutMs));
  };
  const evaluate: BrowserPage['evaluate'] = async (expression) => {
    const parameters = { expression, returnByValue: true, awaitPromise: true };
    const answer = await send('Runtime.evaluate', parameters);
    const Schema = Type.Object({
      result: Type.Object({ value: Type.Optional(Type.Unknown()) }),
      exceptionDetails: Type.Optional(Type.Unknown()),
    });
    const { result, exceptionDetails } = Value.Parse(Schema, answer);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  };
  return { send, evaluate, complaints };
}

async function pageAddress(debuggerUrl: string, signal: AbortSignal): Promise<string> {
  const { host } = new URL(debuggerUrl);
  // oxlint-disable-next-line no-restricted-globals -- a test's own browser on this machine
  const answer = await fetch(`http://${host}/json/new?about:blank`, { method: 'PUT', signal });
  const content: unknown = await answer.json();
  return Value.Parse(Type.Object({ webSocketDebuggerUrl: Type.String() }), content)
    .webSocketDebuggerUrl;
}

/** Starts a browser with one empty page in a profile of its own; disposing ends it and deletes the profile. */
export async function openBrowser(chromiumPath: string): Promise<BrowserPage> {
  const profile = await mkdtemp(join(tmpdir(), 'assay-browser-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'];
  const child = spawn(
    chromiumPath,
    [
      ...flags,
      '--disable-dev-shm-usage',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const exited = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  const dispose = async (): Promise<void> => {
    // The browser is a family of processes: all of its own group end.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await exited;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const signal = withDeadline(answerTimeoutMs);
    const listening = Promise.withResolvers<string>();
    createInterface({ input: child.stderr }).on('line', (line) => {
      const url = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (url !== undefined) listening.resolve(url);
    });
    const debuggerUrl = await raceSignal(listening.promise, signal);
    const socket = await connect(await pageAddress(debuggerUrl, signal), signal);
    const page = pageOver(socket);
    for (const domain of ['Page', 'Runtime', 'Log']) await page.send(`${domain}.enable`);
    return { ...page, [Symbol.asyncDispose]: dispose };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}
