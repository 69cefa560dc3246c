import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

import { evidenceWriteError } from '../evidence/evidence-write-error.ts';

/** One event of a trace; `ts` and `dur` in microseconds. */
export interface TraceEvent {
  readonly ph: 'M' | 'X' | 'b' | 'e' | 'i' | 'C';
  readonly name: string;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid?: number;
  /** Of a pair of begin and end. */
  readonly id?: string;
  /** Of an instant: it belongs to its thread. */
  readonly s?: 't';
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A trace that is being written; events may come in any order. */
export interface TraceWriter {
  readonly event: (event: TraceEvent) => void;
}

const pieceLength = 1 << 18;

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
}

/** Writes the text piece by piece: no more of it than a piece is ever held. */
function writeEvents(
  descriptor: number,
  tail: Readonly<Record<string, unknown>>,
  fill: (writer: TraceWriter) => void,
): void {
  let piece = '{"traceEvents":[\n';
  let isFirst = true;
  fill({
    event: (event) => {
      piece += `${isFirst ? '' : ',\n'}${JSON.stringify(event)}`;
      isFirst = false;
      if (piece.length < pieceLength) return;
      writeAll(descriptor, piece);
      piece = '';
    },
  });
  const rest = JSON.stringify(tail).slice(1);
  writeAll(descriptor, `${piece}\n],${rest}\n`);
}

/**
 * Writes a trace file, whole or not at all. Blocks; memory does not grow with the number of events.
 *
 * @param tail - what follows the events: the unit and the metadata; not empty
 * @param fill - gives the events
 * @throws LabError evidence/disk-full, evidence/write-failed; whatever `fill` throws
 */
export function writeTraceFile(
  path: string,
  tail: Readonly<Record<string, unknown>>,
  fill: (writer: TraceWriter) => void,
): void {
  const draft = `${path}.draft`;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(draft, 'w');
    writeEvents(descriptor, tail, fill);
    fsyncSync(descriptor);
    closeSync(descriptor);
    descriptor = undefined;
    renameSync(draft, path);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(draft, { force: true });
    throw error instanceof Error && 'syscall' in error ? evidenceWriteError(error, path) : error;
  }
}
