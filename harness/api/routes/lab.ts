import type { FastifyInstance } from 'fastify';

import { LabAnswerSchema } from '#harness/contracts/records/http-answer.ts';

import { answers } from '../answer-schema.ts';
import type { RouteContext } from '../route-context.ts';

/** GET /api/lab: which lab this is. */
export function addLabRoutes(app: FastifyInstance, { service }: RouteContext): void {
  const schema = {
    tags: ['lab'],
    summary: 'which lab this is',
    response: answers(200, LabAnswerSchema),
  };
  app.get('/api/lab', { schema }, () => service.labInfo());
}
