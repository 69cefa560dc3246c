import type { FastifyInstance } from 'fastify';

import { QueueAnswerSchema } from '#harness/contracts/records/http-answer.ts';

import { answers } from '../answer-schema.ts';
import type { RouteContext } from '../route-context.ts';

/** GET /api/queue: queued jobs, each with the reason why it waits. */
export function addQueueRoutes(app: FastifyInstance, { service }: RouteContext): void {
  const schema = {
    tags: ['jobs'],
    summary: 'queued jobs, each with the reason why it waits',
    response: answers(200, QueueAnswerSchema),
  };
  app.get('/api/queue', { schema }, () => ({ queue: service.queue() }));
}
