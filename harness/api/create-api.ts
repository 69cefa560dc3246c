import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabService } from '#harness/contracts/lab-service.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { loadConsoleFiles } from './console-files.ts';
import { createEventHub } from './event-hub.ts';
import {
  createEventStream,
  defaultEventStreamLimits,
  type EventStream,
  type EventStreamLimits,
} from './event-stream.ts';
import { readBundleFile, type ReadEvidence } from './evidence-file.ts';
import { problemOf } from './problem.ts';
import { guardRequest } from './request-guard.ts';
import type { RouteContext } from './route-context.ts';
import { addBoardRoutes } from './routes/boards.ts';
import { addConsoleRoutes } from './routes/console.ts';
import { addDocumentationRoutes } from './routes/documentation.ts';
import { addEventRoutes } from './routes/events.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addJobOrderRoutes } from './routes/job-orders.ts';
import { addJobRoutes } from './routes/jobs.ts';
import { addLabRoutes } from './routes/lab.ts';
import { addQueueRoutes } from './routes/queue.ts';
import { addRunFileRoutes } from './routes/run-files.ts';
import { addRunRoutes } from './routes/runs.ts';
import { addSuiteRoutes } from './routes/suites.ts';

const bodyBytesMax = 65_536;
const requestDeadlineMs = 30_000;

/** What the HTTP interface is made of. */
export interface ApiOptions {
  readonly service: LabService;
  readonly clock: Clock;
  /** Absolute path of harness/console; without it there is no page, only the interface. */
  readonly consoleDir?: string;
  /** Host names besides localhost and plain addresses under which this daemon is reached; lower case, no port. */
  readonly trustedHosts?: readonly string[];
  /** Default: the files in the bundle's folder. */
  readonly readEvidence?: ReadEvidence;
  readonly eventLimits?: Partial<EventStreamLimits>;
  readonly log?: LogWriter;
}

function openEventStream(app: FastifyInstance, options: ApiOptions): EventStream {
  const limits = { ...defaultEventStreamLimits, ...options.eventLimits };
  const epoch = Math.trunc(options.clock.utcMs()).toString(36);
  const hub = createEventHub(epoch, limits);
  const unwatch = options.service.watch(hub.publish);
  const eventStream = createEventStream(hub, options.clock, limits);
  app.addHook('preClose', () => {
    unwatch();
    eventStream.end();
  });
  return eventStream;
}

function addErrorAnswers(app: FastifyInstance, log: LogWriter): void {
  app.setErrorHandler((thrown, request, reply) => {
    const problem = problemOf(thrown);
    if (problem.status >= 500) {
      const stack = thrown instanceof Error ? thrown.stack : String(thrown);
      const { method, url } = request;
      log({ level: 'error', message: 'request failed', fields: { method, url, stack } });
    }
    return reply.code(problem.status).type('application/problem+json').send(problem);
  });
  app.setNotFoundHandler((request) => {
    throw labError(
      'api/not-found',
      `${request.method} ${request.url.slice(0, 200)} does not exist`,
    );
  });
}

function addGuard(app: FastifyInstance, trustedHosts: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    const { host, origin } = request.headers;
    guardRequest({ method: request.method, host, origin }, trustedHosts);
  });
}

/**
 * The daemon's HTTP interface over a lab, ready for `listen`; it follows the lab's events until it is closed.
 * Errors are application/problem+json with the codes of harness/docs/errors.md.
 *
 * @throws SyntaxError when a file of the console cannot be read as TypeScript
 */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: bodyBytesMax,
    requestTimeout: requestDeadlineMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 250, ignoreTrailingSlash: false },
  });
  // Every route checks its own input with `checkedInput`, and every answer is one of our own records.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.removeContentTypeParser('text/plain');
  addErrorAnswers(app, options.log ?? (() => {}));
  addGuard(app, options.trustedHosts ?? []);
  const { version } = options.service.labInfo();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Assay', description: 'The lab that AI chips are measured in.', version },
    },
  });
  const context: RouteContext = {
    service: options.service,
    readEvidence: options.readEvidence ?? readBundleFile,
    eventStream: openEventStream(app, options),
  };
  addHealthRoutes(app);
  addLabRoutes(app, context);
  addBoardRoutes(app, context);
  addSuiteRoutes(app, context);
  addJobRoutes(app, context);
  addJobOrderRoutes(app, context);
  addQueueRoutes(app, context);
  addRunRoutes(app, context);
  addRunFileRoutes(app, context);
  addEventRoutes(app, context);
  addDocumentationRoutes(app);
  if (options.consoleDir !== undefined) {
    addConsoleRoutes(app, await loadConsoleFiles(options.consoleDir));
  }
  await app.ready();
  return app;
}
