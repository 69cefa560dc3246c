import type { FastifyInstance } from 'fastify';

import { SuitesAnswerSchema } from '#harness/contracts/records/http-answer.ts';

import { answers } from '../answer-schema.ts';
import type { RouteContext } from '../route-context.ts';

/** GET /api/suites: the suites that can be run. */
export function addSuiteRoutes(app: FastifyInstance, { service }: RouteContext): void {
  const schema = {
    tags: ['suites'],
    summary: 'the suites that can be run',
    response: answers(200, SuitesAnswerSchema),
  };
  app.get('/api/suites', { schema }, () => ({ suites: service.suites() }));
}
