import type { FastifyInstance } from 'fastify';

import { fileAnswers } from '../answer-schema.ts';
import type { RouteContext } from '../route-context.ts';

const lastEventIdBytesMax = 100;

/** GET /api/events: the lab's events as they happen, as server-sent events; Last-Event-ID resumes. */
export function addEventRoutes(app: FastifyInstance, { eventStream }: RouteContext): void {
  const schema = {
    tags: ['lab'],
    summary: 'events of jobs and runs as they happen (server-sent events)',
    description:
      'Events `job`, `run` and `run-event` hold a LabEvent; `resync` means that some were missed: read the lists anew.',
    response: fileAnswers('text/event-stream'),
  };
  app.get('/api/events', { schema, exposeHeadRoute: false }, (request, reply) => {
    eventStream.assertRoom();
    const header = request.headers['last-event-id'];
    const lastEventId =
      typeof header === 'string' ? header.slice(0, lastEventIdBytesMax) : undefined;
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-accel-buffering': 'no',
    });
    const stop = eventStream.feed(raw, lastEventId);
    raw.on('close', stop);
    raw.on('error', stop);
  });
}
