import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { checkedInput } from '../checked-input.ts';
import type { ConsoleFile } from '../console-files.ts';

const NameSchema = Type.Object({ name: Type.String({ maxLength: 100 }) });

/** The page may load nothing but its own files, from its own daemon. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** GET /, /console/ and the files of the console. */
export function addConsoleRoutes(
  app: FastifyInstance,
  files: ReadonlyMap<string, ConsoleFile>,
): void {
  const schema = { hide: true };
  app.get('/', { schema }, (_request, reply) => reply.redirect('/console/'));
  app.get('/console', { schema }, (_request, reply) => reply.redirect('/console/'));

  app.get('/console/:name', { schema }, (request, reply) => {
    const { name } = checkedInput(NameSchema, request.params, 'address');
    const file = files.get(name === '' ? 'index.html' : name);
    if (file === undefined) throw labError('api/not-found', `the console has no file '${name}'`);
    return reply
      .header('content-type', file.contentType)
      .header('content-security-policy', contentSecurityPolicy)
      .header('cache-control', 'no-cache')
      .send(file.text);
  });
}
