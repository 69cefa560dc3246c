import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import type { Problem } from '#harness/contracts/records/http-answer.ts';

import { problemStatus, problemTitle } from './problem-status.ts';

/** The status and code that Fastify gives its own errors. */
interface FrameworkError {
  readonly message: string;
  readonly code: string;
  readonly statusCode: number;
}

function isFrameworkError(thrown: unknown): thrown is FrameworkError {
  return (
    thrown instanceof Error &&
    'statusCode' in thrown &&
    typeof thrown.statusCode === 'number' &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    thrown.code.startsWith('FST_')
  );
}

/** A refusal by Fastify itself, before any route, in our codes. */
function fromFramework(thrown: FrameworkError): unknown {
  if (thrown.statusCode === 413) return labError('api/body-too-large', thrown.message);
  if (thrown.statusCode === 415) return labError('api/unsupported-media-type', thrown.message);
  if (thrown.statusCode === 503) return labError('api/busy', thrown.message);
  if (thrown.statusCode < 500) return labError('api/invalid-request', thrown.message);
  return thrown;
}

/** JSON bodies that do not parse arrive as a SyntaxError with status 400. */
function isSyntaxRefusal(thrown: unknown): thrown is SyntaxError {
  return thrown instanceof SyntaxError && 'statusCode' in thrown && thrown.statusCode === 400;
}

/** Any thrown thing as an answer. A bug says only its message: the stack stays in the log. Pure. */
export function problemOf(thrown: unknown): Problem {
  let known = thrown;
  if (isFrameworkError(thrown)) known = fromFramework(thrown);
  else if (isSyntaxRefusal(thrown)) known = labError('api/invalid-request', thrown.message);
  const error = errorRecord(known);
  const status = problemStatus(error);
  return {
    type: `urn:assay:error:${error.code}`,
    title: problemTitle(status),
    status,
    detail: error.message,
    code: error.code,
    class: error.class,
    retry: error.retry,
    remedy: error.remedy,
    details: error.class === 'bug' ? {} : error.details,
  };
}
