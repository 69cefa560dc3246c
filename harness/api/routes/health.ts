import type { FastifyInstance } from 'fastify';

import { HealthAnswerSchema } from '#harness/contracts/records/http-answer.ts';

import { answers } from '../answer-schema.ts';

/** GET /healthz: answers as soon as the daemon takes requests. */
export function addHealthRoutes(app: FastifyInstance): void {
  const schema = {
    tags: ['lab'],
    summary: 'whether the daemon takes requests',
    response: answers(200, HealthAnswerSchema),
  };
  app.get('/healthz', { schema }, () => ({ status: 'ok' }));
}
