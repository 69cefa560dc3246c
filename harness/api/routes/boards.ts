import type { FastifyInstance } from 'fastify';

import { BoardsAnswerSchema } from '#harness/contracts/records/http-answer.ts';

import { answers } from '../answer-schema.ts';
import type { RouteContext } from '../route-context.ts';

/** GET /api/boards: the boards of the lab with state and health. */
export function addBoardRoutes(app: FastifyInstance, { service }: RouteContext): void {
  const schema = {
    tags: ['boards'],
    summary: 'the boards of the lab with state and health',
    response: answers(200, BoardsAnswerSchema),
  };
  app.get('/api/boards', { schema }, () => ({ boards: service.boards() }));
}
