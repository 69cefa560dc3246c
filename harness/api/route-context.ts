import type { LabService } from '#harness/contracts/lab-service.ts';

import type { EventStream } from './event-stream.ts';
import type { ReadEvidence } from './evidence-file.ts';

/** What every route may use. */
export interface RouteContext {
  readonly service: LabService;
  readonly readEvidence: ReadEvidence;
  readonly eventStream: EventStream;
}
