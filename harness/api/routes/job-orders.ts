import type { FastifyInstance, FastifyRequest } from 'fastify';

import { JobRequestSchema, JobSchema } from '#harness/contracts/records/job-record.ts';

import { answers } from '../answer-schema.ts';
import { checkedInput } from '../checked-input.ts';
import type { RouteContext } from '../route-context.ts';
import { JobAddressSchema } from '../route-inputs.ts';

/** Who asked, for the audit trail. */
function actorOf(request: FastifyRequest): string {
  return `http:${request.ip}`;
}

/** POST /api/jobs and POST /api/jobs/:jobId/cancel. */
export function addJobOrderRoutes(app: FastifyInstance, { service }: RouteContext): void {
  const tags = ['jobs'];

  app.post(
    '/api/jobs',
    {
      schema: {
        tags,
        summary: 'puts a job into the queue',
        body: JobRequestSchema,
        response: answers(201, JobSchema),
      },
    },
    (request, reply) => {
      const job = service.submit(
        checkedInput(JobRequestSchema, request.body, 'body'),
        actorOf(request),
      );
      reply.code(201).header('location', `/api/jobs/${job.jobId}`);
      return job;
    },
  );

  app.post(
    '/api/jobs/:jobId/cancel',
    {
      schema: {
        tags,
        summary: 'takes a job out of the queue, or aborts its run',
        params: JobAddressSchema,
        response: answers(200, JobSchema),
      },
    },
    (request) => {
      const { jobId } = checkedInput(JobAddressSchema, request.params, 'address');
      return service.cancel(jobId, actorOf(request));
    },
  );
}
