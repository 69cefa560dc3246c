import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

import { RunsAnswerSchema } from '#harness/contracts/records/http-answer.ts';
import { RunSummarySchema } from '#harness/contracts/records/job-record.ts';

import { answers } from '../answer-schema.ts';
import { checkedInput, checkedQuery } from '../checked-input.ts';
import { existingRun } from '../existing-run.ts';
import type { RouteContext } from '../route-context.ts';
import { defaultLimit, LimitSchema, RunAddressSchema } from '../route-inputs.ts';

const RunsQuerySchema = Type.Object(
  {
    boardId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    limit: Type.Optional(LimitSchema),
  },
  { additionalProperties: false },
);

/** GET /api/runs and GET /api/runs/:runId. */
export function addRunRoutes(app: FastifyInstance, { service }: RouteContext): void {
  app.get(
    '/api/runs',
    {
      schema: {
        tags: ['runs'],
        summary: 'runs, newest first',
        querystring: RunsQuerySchema,
        response: answers(200, RunsAnswerSchema),
      },
    },
    (request) => {
      const { limit, ...filter } = checkedQuery(RunsQuerySchema, request.query);
      return { runs: service.runs({ ...filter, limit: limit ?? defaultLimit }) };
    },
  );

  app.get(
    '/api/runs/:runId',
    {
      schema: {
        tags: ['runs'],
        summary: 'one run with its results',
        params: RunAddressSchema,
        response: answers(200, RunSummarySchema),
      },
    },
    (request) => {
      const { runId } = checkedInput(RunAddressSchema, request.params, 'address');
      return existingRun(service, runId);
    },
  );
}
