import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { JobsAnswerSchema } from '#harness/contracts/records/http-answer.ts';
import { JobSchema } from '#harness/contracts/records/job-record.ts';

import { answers } from '../answer-schema.ts';
import { checkedInput, checkedQuery } from '../checked-input.ts';
import type { RouteContext } from '../route-context.ts';
import { defaultLimit, JobAddressSchema, LimitSchema } from '../route-inputs.ts';

const JobsQuerySchema = Type.Object(
  { limit: Type.Optional(LimitSchema) },
  { additionalProperties: false },
);

/** GET /api/jobs and GET /api/jobs/:jobId. */
export function addJobRoutes(app: FastifyInstance, { service }: RouteContext): void {
  const tags = ['jobs'];

  app.get(
    '/api/jobs',
    {
      schema: {
        tags,
        summary: 'jobs, newest first',
        querystring: JobsQuerySchema,
        response: answers(200, JobsAnswerSchema),
      },
    },
    (request) => {
      const { limit } = checkedQuery(JobsQuerySchema, request.query);
      return { jobs: service.jobs(limit ?? defaultLimit) };
    },
  );

  app.get(
    '/api/jobs/:jobId',
    {
      schema: {
        tags,
        summary: 'one job',
        params: JobAddressSchema,
        response: answers(200, JobSchema),
      },
    },
    (request) => {
      const { jobId } = checkedInput(JobAddressSchema, request.params, 'address');
      const job = service.job(jobId);
      if (job === undefined) throw labError('job/not-found', `there is no job '${jobId}'`);
      return job;
    },
  );
}
