import type { FastifyInstance } from 'fastify';

/** GET /documentation/json: what every route takes and sends, as OpenAPI 3.1. */
export function addDocumentationRoutes(app: FastifyInstance): void {
  app.get('/documentation/json', { schema: { hide: true } }, () => app.swagger());
}
