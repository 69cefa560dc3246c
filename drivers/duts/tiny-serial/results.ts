import { encodeCommand } from './commands.ts';
import { ensureInStep } from './resync.ts';
import { loseSample, noteGarbled, outputLengthOf, type TinySession } from './session.ts';

const resultsCommand = encodeCommand('results');
/** Readings of one result vector until two agree. */
const readCountMax = 5;

type ResultsReading =
  | { readonly kind: 'whole'; readonly values: Float32Array }
  | { readonly kind: 'damaged' | 'silent' };

async function readResults(session: TinySession): Promise<ResultsReading> {
  await ensureInStep(session);
  const { link, settings } = session;
  const reply = await link.exchange(resultsCommand, { silenceMs: settings.commandTimeoutMs });
  if (!reply.isComplete) return { kind: 'silent' };
  const spoken = reply.messages.filter(({ kind }) => kind !== 'other');
  const only = spoken.length === 1 ? spoken[0] : undefined;
  const isWhole = only?.kind === 'results' && only.values.length === outputLengthOf(session);
  return isWhole ? { kind: 'whole', values: only.values } : { kind: 'damaged' };
}

/** Whether two result vectors are the same. Pure. */
export function hasSameValues(first: Float32Array, second: Float32Array): boolean {
  return first.length === second.length && first.every((value, at) => value === second[at]);
}

/**
 * The result vector of the last inference, which the board keeps: read until two readings agree.
 *
 * @param first - the reading that came with the reply, if it was whole
 * @returns undefined when none agree, or the board fell silent, after which it may hold no result any more
 */
export async function agreedResults(
  session: TinySession,
  first: Float32Array | undefined,
): Promise<Float32Array | undefined> {
  const readings = first === undefined ? [] : [first];
  for (let count = 0; count < readCountMax; count += 1) {
    const reading = await readResults(session);
    if (reading.kind === 'silent') {
      noteGarbled(session, 'results missing', { reason: 'silence', isInStep: false });
      loseSample(session);
      return undefined;
    }
    if (reading.kind === 'whole') {
      const { values } = reading;
      if (readings.some((before) => hasSameValues(before, values))) return values;
      readings.push(values);
      if (readings.length === 1) continue;
    }
    noteGarbled(session, 'results damaged', { reason: 'read again', isInStep: true });
  }
  return undefined;
}
