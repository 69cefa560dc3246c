import fc from 'fast-check';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { ProblemSchema } from '#harness/contracts/records/http-answer.ts';
import { JobRequestSchema, JobSchema } from '#harness/contracts/records/job-record.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { createApi } from './create-api.ts';
import { createMemoryLab } from './testing/memory-lab.ts';

let url: string;
let close: () => Promise<unknown>;

beforeAll(async () => {
  const api = await createApi({ service: createMemoryLab().service, clock: systemClock() });
  url = await api.listen({ host: '127.0.0.1', port: 0 });
  close = () => api.close();
});

afterAll(() => close());

/** One property of the request: right, nearly right, or anything. */
const field = (...right: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof(fc.constantFrom(...right), fc.jsonValue(), fc.constant(undefined));

const requests = fc.record(
  {
    suiteId: field('keyword-spotting', 'image-classification', ''),
    boardId: field('tiny-1', 'this-host', ''),
    scenario: field('single-stream', 'offline', 'server'),
    mode: field('performance', 'accuracy', 'both', 'energy'),
    seed: field(0, 4_294_967_295, 4_294_967_296, -1, 0.5),
    extra: field(undefined),
  },
  { requiredKeys: [] },
);

const post = (body: string | Uint8Array<ArrayBuffer>): Promise<Response> =>
  fetch(`${url}/api/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });

it('takes exactly the requests that fit the schema and name what exists; the others are 400 or 422', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const sent: unknown = JSON.parse(JSON.stringify(request));
      const answer = await post(JSON.stringify(sent));
      const body: unknown = await answer.json();
      const isRight = Value.Check(JobRequestSchema, sent);
      expect(isRight ? [201, 422] : [400]).toContain(answer.status);
      expect(Value.Check(answer.status === 201 ? JobSchema : ProblemSchema, body)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('answers any bytes with a 4xx problem', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const answer = await post(new Uint8Array(bytes));
      expect(answer.status).toBe(400);
      Value.Parse(ProblemSchema, await answer.json());
    }),
    { numRuns: 100 },
  );
});
