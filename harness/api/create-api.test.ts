import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  BoardsAnswerSchema,
  JobsAnswerSchema,
  ProblemSchema,
  QueueAnswerSchema,
  RunsAnswerSchema,
  SuitesAnswerSchema,
} from '#harness/contracts/records/http-answer.ts';
import { assert } from '#harness/kernel/assert.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { createApi } from './create-api.ts';
import { exampleResults, exampleRun } from './testing/example-records.ts';
import { createMemoryLab, type MemoryLab } from './testing/memory-lab.ts';

let lab: MemoryLab;
let url: string;
let close: () => Promise<unknown>;
const logged: string[] = [];

beforeEach(async () => {
  lab = createMemoryLab();
  logged.length = 0;
  const api = await createApi({
    service: lab.service,
    clock: systemClock(),
    trustedHosts: ['lab.example.org'],
    log: ({ fields }) => logged.push(String(fields['stack'])),
  });
  url = await api.listen({ host: '127.0.0.1', port: 0 });
  close = () => api.close();
});

afterEach(async () => {
  await close();
});

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${url}${path}`, init);

const postJob = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  get('/api/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const request = { suiteId: 'keyword-spotting', boardId: 'tiny-1' };

/** Status and code of the answer, which must be a whole problem. */
async function refusal(answer: Response): Promise<string> {
  const { status, code, type, remedy } = Value.Parse(ProblemSchema, await answer.json());
  const isProblem = answer.headers.get('content-type')?.includes('application/problem+json');
  assert(isProblem === true && status === answer.status, 'it is declared as what it is');
  assert(remedy !== '' && type === `urn:assay:error:${code}`, 'it says what to do');
  return `${status} ${code}`;
}

/** Sends bytes as they are, without what `fetch` would correct; resolves with the whole answer. */
async function rawRequest(text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(text);
  const chunks: string[] = [];
  for await (const chunk of socket) chunks.push(String(chunk));
  return chunks.join('');
}

describe('lists', () => {
  it('answers health and the lab', async () => {
    expect(await (await get('/healthz')).json()).toStrictEqual({ status: 'ok' });
    expect(await (await get('/api/lab')).json()).toMatchObject({ labId: 'demo', version: '0.1.0' });
  });

  it('lists boards, suites, jobs, queue and runs in the published shapes', async () => {
    await postJob(request);
    lab.putRun(exampleRun({ results: exampleResults }));
    const list = async (path: string): Promise<unknown> => (await get(path)).json();
    expect(Value.Parse(BoardsAnswerSchema, await list('/api/boards')).boards).toHaveLength(2);
    expect(Value.Parse(SuitesAnswerSchema, await list('/api/suites')).suites).toHaveLength(2);
    expect(Value.Parse(JobsAnswerSchema, await list('/api/jobs')).jobs).toHaveLength(1);
    const { queue } = Value.Parse(QueueAnswerSchema, await list('/api/queue'));
    expect(queue[0]?.waiting.sentence).toBe('Board tiny-1 runs another job.');
    const { runs } = Value.Parse(RunsAnswerSchema, await list('/api/runs'));
    expect(runs[0]?.results).toStrictEqual(exampleResults);
  });

  it('filters runs by board and honours the limit', async () => {
    lab.putRun(exampleRun({ runId: 'run-1' }));
    lab.putRun(exampleRun({ runId: 'run-2', boardId: 'this-host' }));
    lab.putRun(exampleRun({ runId: 'run-3', boardId: 'this-host' }));
    const ids = async (query: string): Promise<string[]> => {
      const answer: unknown = await (await get(`/api/runs${query}`)).json();
      return Value.Parse(RunsAnswerSchema, answer).runs.map(({ runId }) => runId);
    };
    expect(await ids('')).toStrictEqual(['run-3', 'run-2', 'run-1']);
    expect(await ids('?boardId=this-host&limit=1')).toStrictEqual(['run-3']);
    expect(await refusal(await get('/api/runs?limit=0'))).toBe('400 api/invalid-request');
    expect(await refusal(await get('/api/runs?limit=many'))).toBe('400 api/invalid-request');
    expect(await refusal(await get('/api/jobs?order=up'))).toBe('400 api/invalid-request');
  });

  it('describes itself as OpenAPI 3.1 with every route', async () => {
    const document: unknown = await (await get('/documentation/json')).json();
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Assay', version: '0.1.0' },
    });
    const { paths } = Value.Parse(
      Type.Object({ paths: Type.Record(Type.String(), Type.Unknown()) }),
      document,
    );
    expect(Object.keys(paths).toSorted()).toStrictEqual([
      '/api/boards',
      '/api/events',
      '/api/jobs',
      '/api/jobs/{jobId}',
      '/api/jobs/{jobId}/cancel',
      '/api/lab',
      '/api/queue',
      '/api/runs',
      '/api/runs/{runId}',
      '/api/runs/{runId}/files/{name}',
      '/api/runs/{runId}/report',
      '/api/suites',
      '/healthz',
    ]);
    expect(document).toMatchObject({
      paths: {
        '/api/jobs': {
          post: {
            requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
            responses: {
              '201': {},
              '4XX': { content: { 'application/problem+json': {} } },
            },
          },
        },
      },
    });
  });
});

describe('jobs', () => {
  it('queues a job with 201, its address and the actor in the audit trail', async () => {
    const answer = await postJob({ ...request, mode: 'accuracy', seed: 11 });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/api/jobs/job-demo-0001');
    expect(await answer.json()).toMatchObject({ state: 'queued', mode: 'accuracy', seed: 11 });
    expect(lab.actors).toStrictEqual(['http:127.0.0.1']);
    const job = await get('/api/jobs/job-demo-0001');
    expect(await job.json()).toMatchObject({ jobId: 'job-demo-0001' });
  });

  it('cancels once; a second time is a conflict', async () => {
    await postJob(request);
    const cancel = (): Promise<Response> =>
      get('/api/jobs/job-demo-0001/cancel', { method: 'POST' });
    expect(await (await cancel()).json()).toMatchObject({ state: 'cancelled' });
    expect(await refusal(await cancel())).toBe('409 job/not-cancellable');
  });

  it('says which fields of a request are wrong, without changing them', async () => {
    const answer = await postJob({ suiteId: 'keyword-spotting', seed: '7', colour: 'red' });
    const { detail } = Value.Parse(ProblemSchema, await answer.clone().json());
    expect(await refusal(answer)).toBe('400 api/invalid-request');
    expect(detail).toContain('boardId');
    expect(detail).toContain('body/seed: must be integer');
    expect(detail).toContain('colour');
    expect(lab.actors).toStrictEqual([]);
  });

  it.each([
    ['an unknown suite', { ...request, suiteId: 'none' }, '422 suite/unknown'],
    ['an unknown board', { ...request, boardId: 'none' }, '422 board/unknown'],
    ['broken JSON', '{"suiteId":', '400 api/invalid-request'],
    ['an empty body', '', '400 api/invalid-request'],
    ['a poisoned prototype', '{"__proto__":{"x":1}}', '400 api/invalid-request'],
    ['a body over 64 KiB', `"${'x'.repeat(70_000)}"`, '413 api/body-too-large'],
  ])('refuses %s', async (_name, body, refused) => {
    expect(await refusal(await postJob(body))).toBe(refused);
  });

  it('refuses a body that is not declared as JSON', async () => {
    const answer = await postJob(request, { 'content-type': 'text/plain' });
    expect(await refusal(answer)).toBe('415 api/unsupported-media-type');
  });

  it('answers 404 for what is not there', async () => {
    expect(await refusal(await get('/api/jobs/job-none'))).toBe('404 job/not-found');
    expect(await refusal(await get('/api/runs/run-none'))).toBe('404 job/not-found');
    expect(await refusal(await get('/api/runs/run-none/report'))).toBe('404 job/not-found');
    expect(await refusal(await get('/nowhere'))).toBe('404 api/not-found');
    expect(await refusal(await get('/api/jobs/job-none', { method: 'DELETE' }))).toBe(
      '404 api/not-found',
    );
    expect(await refusal(await get('/api/jobs/%2e%2e%2f'))).toBe('400 api/invalid-request');
  });

  it('answers a bug with 500, its stack only in the log', async () => {
    const broken = createMemoryLab();
    const api = await createApi({
      service: {
        ...broken.service,
        boards: () => {
          throw new TypeError('boom at 42');
        },
      },
      clock: systemClock(),
      log: ({ fields }) => logged.push(String(fields['stack'])),
    });
    try {
      const answer = await fetch(`${await api.listen({ host: '127.0.0.1', port: 0 })}/api/boards`);
      const text = await answer.clone().text();
      expect(await refusal(answer)).toBe('500 run/bug');
      expect(text).not.toContain('create-api.test.ts');
      expect(logged.join('')).toContain('create-api.test.ts');
    } finally {
      await api.close();
    }
  });
});

describe('pages of other sites', () => {
  it('may not change anything', async () => {
    const answer = await postJob(request, { origin: 'https://evil.example' });
    expect(await refusal(answer)).toBe('403 api/foreign-origin');
    expect((await postJob(request, { origin: url })).status).toBe(201);
  });

  it('cannot point their own name at this address', async () => {
    const ask = (host: string): Promise<string> =>
      rawRequest(`GET /api/lab HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(await ask('evil.example:80')).toContain('api/foreign-origin');
    expect(await ask('lab.example.org')).toContain('"labId":"demo"');
    expect(await ask('localhost:4610')).toContain('"labId":"demo"');
    expect(await ask('[::1]:4610')).toContain('"labId":"demo"');
  });
});

describe('files of a run', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-api-'));
    await writeFile(join(folder, 'report.pdf'), '%PDF-1.7 content');
    await writeFile(join(folder, 'record.json'), '{"recordVersion":"1"}');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    lab.putRun(exampleRun({ runId: 'run-1', bundlePath: folder, reportPath: 'report.pdf' }));
    lab.putRun(exampleRun({ runId: 'run-2', bundlePath: folder, reportPath: null }));
    lab.putRun(
      exampleRun({ runId: 'run-3', bundlePath: folder, reportPath: join(folder, 'gone.pdf') }),
    );
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('sends the report as a PDF with its length', async () => {
    const answer = await get('/api/runs/run-1/report');
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(answer.headers.get('content-length')).toBe('16');
    expect(await answer.text()).toBe('%PDF-1.7 content');
    expect(await refusal(await get('/api/runs/run-2/report'))).toBe('404 report/not-available');
    expect(await refusal(await get('/api/runs/run-3/report'))).toBe('404 report/not-available');
  });

  it('sends the record and its signatures, and nothing else', async () => {
    expect(await (await get('/api/runs/run-1/files/record.json')).text()).toBe(
      '{"recordVersion":"1"}',
    );
    const absent = await get('/api/runs/run-1/files/seal.dsse.json');
    expect(await refusal(absent)).toBe('404 api/file-not-available');
    for (const name of ['secret.txt', '..%2f..%2fetc%2fpasswd', 'report.pdf']) {
      const answer = await get(`/api/runs/run-1/files/${name}`);
      expect(await refusal(answer)).toBe('400 api/invalid-request');
    }
    const climb = await rawRequest(
      'GET /api/runs/run-1/files/../../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(climb).toContain('404');
    expect(climb).not.toContain('root:');
  });
});
