import type { DutContext } from '#harness/contracts/dut.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import type { IoManager } from './io-manager.ts';
import type { TinyLink } from './link.ts';
import type { TinySerialSettings } from './tiny-serial-config.ts';

/** What the board holds. */
export type HeldSample =
  | { readonly state: 'none' }
  | { readonly state: 'held'; readonly sample: Uint8Array }
  /** It booted or fell out of step: what it holds is unknown until the next load. */
  | { readonly state: 'lost'; readonly sample: Uint8Array };

/** One opened board: the link, its settings, and what is known about the board. */
export interface TinySession {
  readonly link: TinyLink;
  readonly settings: TinySerialSettings;
  readonly context: DutContext;
  /** Sets the speed of the open port. */
  readonly setBaudRate: (baudRate: number) => Promise<void>;
  /** What relays to the board; absent where it is wired to the host directly. */
  readonly ioManager?: IoManager;
  /** Of the call that is under way. */
  signal?: AbortSignal;
  held: HeldSample;
  /** Loads since the last that was read back; undefined before the first. */
  countedLoadCount: number | undefined;
  /** The slowest inference so far by the board's own timer, nanoseconds. */
  slowestInferenceNs: number | undefined;
  /** What is to be logged once no query is under way. */
  readonly notes: LinkNote[];
}

/** What was wrong with a reply. */
interface GarbledNote {
  readonly reason: string;
  /** The reply had its `m-ready`, so that the next command needs no resynchronisation. */
  readonly isInStep: boolean;
}

/** Something that went wrong on the link. */
interface LinkNote {
  readonly message: string;
  readonly reason: string;
}

/** More are counted, not kept. */
const noteCountMax = 100;

/** Values that an answer must have. */
export function outputLengthOf(session: TinySession): number {
  const { deployment } = session.context;
  return assertDefined(deployment, 'a run that infers names its model').outputLength;
}

/** Whether anything on this link has gone wrong since it was opened. */
export function hasShownErrors({ link }: TinySession): boolean {
  const { retryCount, resyncCount, garbledReplyCount } = link.counters;
  return retryCount + resyncCount + garbledReplyCount > 0;
}

/**
 * Counts a damaged or missing reply.
 * What follows from it is the caller's; the next command resynchronises first unless the note says `isInStep`.
 */
export function noteGarbled(session: TinySession, message: string, note: GarbledNote): void {
  session.link.counters.garbledReplyCount += 1;
  if (!note.isInStep) session.link.loseStep();
  if (session.notes.length < noteCountMax) session.notes.push({ message, reason: note.reason });
}

/** Logs what was noted; called where no query is under way. */
export function logNotes(session: TinySession): void {
  const { boardId, log } = session.context;
  for (const { message, reason } of session.notes.splice(0)) {
    log({ level: 'warn', message, fields: { boardId, reason } });
  }
}

/** Forgets that the board holds the sample, as after a silence or a boot. */
export function loseSample(session: TinySession): void {
  if (session.held.state === 'held') session.held = { state: 'lost', sample: session.held.sample };
}
