import type { FastifyInstance, FastifyReply } from 'fastify';
import { Type } from 'typebox';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { fileAnswers } from '../answer-schema.ts';
import { checkedInput } from '../checked-input.ts';
import { EvidenceFileNameSchema, type EvidenceContent } from '../evidence-file.ts';
import { existingRun } from '../existing-run.ts';
import type { RouteContext } from '../route-context.ts';
import { RunAddressSchema } from '../route-inputs.ts';

const FileAddressSchema = Type.Object({
  runId: RunAddressSchema.properties.runId,
  name: EvidenceFileNameSchema,
});

function sendFile(
  reply: FastifyReply,
  content: EvidenceContent,
  contentType: string,
): FastifyReply {
  return reply
    .header('content-type', contentType)
    .header('content-length', content.byteCount)
    .send(content.stream);
}

/** GET /api/runs/:runId/report and GET /api/runs/:runId/files/:name. */
export function addRunFileRoutes(app: FastifyInstance, context: RouteContext): void {
  const { service, readEvidence } = context;

  app.get(
    '/api/runs/:runId/report',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['runs'],
        summary: 'the signed report',
        params: RunAddressSchema,
        response: fileAnswers('application/pdf'),
      },
    },
    async (request, reply) => {
      const { runId } = checkedInput(RunAddressSchema, request.params, 'address');
      const run = existingRun(service, runId);
      const content = run.reportPath === null ? undefined : await readEvidence(run, 'report.pdf');
      if (content === undefined) {
        throw labError('report/not-available', `run ${runId} has no report`);
      }
      reply.header('content-disposition', `inline; filename="${runId}.pdf"`);
      return sendFile(reply, content, 'application/pdf');
    },
  );

  app.get(
    '/api/runs/:runId/files/:name',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['runs'],
        summary: 'a file of the evidence: record, signatures or public keys',
        params: FileAddressSchema,
        response: fileAnswers('application/json'),
      },
    },
    async (request, reply) => {
      const { runId, name } = checkedInput(FileAddressSchema, request.params, 'address');
      const content = await readEvidence(existingRun(service, runId), name);
      if (content === undefined) {
        throw labError('api/file-not-available', `run ${runId} has no file ${name}`);
      }
      return sendFile(reply, content, 'application/json; charset=utf-8');
    },
  );
}
