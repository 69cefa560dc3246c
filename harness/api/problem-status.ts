import type { ErrorCode } from '#harness/contracts/error-catalogue.ts';
import type { ErrorRecord } from '#harness/contracts/error-record.ts';

/** Codes whose status says more than their class does. */
const statusByCode = {
  'api/invalid-request': 400,
  'api/foreign-origin': 403,
  'api/not-found': 404,
  'api/file-not-available': 404,
  'job/not-found': 404,
  'report/not-available': 404,
  'job/not-cancellable': 409,
  'api/body-too-large': 413,
  'api/unsupported-media-type': 415,
} as const satisfies Partial<Record<ErrorCode, number>>;

const statusOfCode = new Map<string, number>(Object.entries(statusByCode));

const statusByClass: Record<ErrorRecord['class'], number> = {
  job: 422,
  dut: 422,
  measurement: 422,
  infra: 503,
  station: 503,
  bug: 500,
};

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  503: 'Service Unavailable',
};

/** The HTTP status of a failure: its own where the code has one, else that of its class. Pure. */
export function problemStatus(error: Pick<ErrorRecord, 'code' | 'class'>): number {
  return statusOfCode.get(error.code) ?? statusByClass[error.class];
}

/** What the status means, the same for every occurrence. Pure. */
export function problemTitle(status: number): string {
  return titles[status] ?? 'Internal Server Error';
}
