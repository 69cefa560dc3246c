import { connect, type Socket } from 'node:net';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { assert, assertDefined } from '#harness/kernel/assert.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { createApi } from './create-api.ts';
import type { EventStreamLimits } from './event-stream.ts';
import { exampleJob } from './testing/example-records.ts';
import { createMemoryLab, type MemoryLab } from './testing/memory-lab.ts';

let lab: MemoryLab;
let close: (() => Promise<unknown>) | undefined;
const streams: EventReader[] = [];

beforeEach(() => {
  lab = createMemoryLab();
});

afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close();
  await close?.();
  close = undefined;
});

async function serve(eventLimits: Partial<EventStreamLimits> = {}): Promise<string> {
  const api = await createApi({ service: lab.service, clock: systemClock(), eventLimits });
  close = () => api.close();
  return api.listen({ host: '127.0.0.1', port: 0 });
}

/** Reads frames of an event stream one by one. */
class EventReader {
  private text = '';
  private readonly reader: ReadableStreamDefaultReader<string>;

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(url: string, lastEventId?: string): Promise<EventReader> {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const answer = await fetch(`${url}/api/events`, { headers });
    const isStream = answer.headers.get('content-type') === 'text/event-stream; charset=utf-8';
    assert(isStream, 'it is declared as an event stream');
    const reader = new EventReader(assertDefined(answer.body, 'it has a body'));
    streams.push(reader);
    assert((await reader.next()) === 'retry: 1000\n: welcome', 'it greets');
    return reader;
  }

  /** The next frame, or undefined when the stream has ended. */
  async next(): Promise<string | undefined> {
    while (!this.text.includes('\n\n')) {
      const { value, done } = await this.reader.read();
      if (done) return undefined;
      this.text += value;
    }
    const end = this.text.indexOf('\n\n');
    const frame = this.text.slice(0, end);
    this.text = this.text.slice(end + 2);
    return frame;
  }

  async close(): Promise<void> {
    await this.reader.cancel().catch(() => undefined);
  }
}

const idOf = (frame: string | undefined): string => /^id: (.+)$/m.exec(frame ?? '')?.[1] ?? '';

it('sends events as they happen, with an id and the whole event as JSON', async () => {
  const reader = await EventReader.open(await serve());
  lab.putJob(exampleJob({ jobId: 'job-1' }));
  const frame = await reader.next();
  expect(frame).toMatch(
    /^event: job\nid: [0-9a-z]+\.1\ndata: \{"type":"job","job":\{"jobId":"job-1"/,
  );
});

it('resumes after the last event that a client has seen', async () => {
  const url = await serve();
  const first = await EventReader.open(url);
  for (const jobId of ['job-1', 'job-2', 'job-3']) lab.putJob(exampleJob({ jobId }));
  const seen = idOf(await first.next());
  await first.close();
  const second = await EventReader.open(url, seen);
  expect(await second.next()).toContain('job-2');
  expect(await second.next()).toContain('job-3');
  lab.putJob(exampleJob({ jobId: 'job-4' }));
  expect(await second.next()).toContain('job-4');
});

it('says resync when the missed events are gone, or the id is of an earlier start', async () => {
  const url = await serve({ keptCountMax: 2 });
  const first = await EventReader.open(url);
  lab.putJob(exampleJob({ jobId: 'job-1' }));
  const seen = idOf(await first.next());
  for (let count = 0; count < 3; count += 1) lab.putJob(exampleJob({ jobId: `job-${count}` }));
  const late = await EventReader.open(url, seen);
  expect(await late.next()).toMatch(/^event: resync\nid: [0-9a-z]+\.4\ndata: \{\}$/);
  const foreign = await EventReader.open(url, 'other.1');
  expect(await foreign.next()).toContain('event: resync');
  const garbage = await EventReader.open(url, 'x'.repeat(5000));
  expect(await garbage.next()).toContain('event: resync');
});

it('sends heartbeats on a quiet stream', async () => {
  const reader = await EventReader.open(await serve({ heartbeatMs: 5 }));
  expect(await reader.next()).toBe(': still here');
  expect(await reader.next()).toBe(': still here');
});

it('drops a client that does not read, and nobody else', async () => {
  const url = await serve({ bufferedBytesMax: 65_536 });
  const slow: Socket = connect(Number(new URL(url).port), '127.0.0.1');
  slow.on('error', () => undefined);
  const closed = new Promise((resolve) => {
    slow.once('close', resolve);
  });
  slow.write('GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => {
    slow.once('readable', resolve);
  });
  const reader = await EventReader.open(url);
  const filler = 'x'.repeat(50_000);
  let readCount = 0;
  for (let count = 0; count < 400; count += 1) {
    lab.putJob(exampleJob({ jobId: 'job-1', suiteId: filler }));
    if ((await reader.next()) !== undefined) readCount += 1;
  }
  expect(readCount).toBe(400);
  // Reading again shows that the server has hung up: it never delivered all 20 MB.
  let receivedBytes = 0;
  slow.on('data', (chunk) => {
    receivedBytes += chunk.length;
  });
  await closed;
  expect(receivedBytes).toBeLessThan(400 * 50_000);
});

it('refuses more clients than there may be, with a problem', async () => {
  const url = await serve({ clientCountMax: 1 });
  const only = await EventReader.open(url);
  const answer = await fetch(`${url}/api/events`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: 'api/too-many-watchers' });
  await only.close();
  await vi.waitFor(async () => {
    await EventReader.open(url);
  });
});

it('ends every stream and stops watching the lab when the server closes', async () => {
  const reader = await EventReader.open(await serve());
  lab.putJob(exampleJob({ jobId: 'job-last' }));
  expect(lab.watcherCount()).toBe(1);
  await close?.();
  expect(await reader.next()).toContain('job-last');
  expect(await reader.next()).toBeUndefined();
  expect(lab.watcherCount()).toBe(0);
});
