/** One event of a server-sent event stream. */
export interface EventFrame {
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

const frameCharactersMax = 4_194_304;

function parseFrame(text: string): EventFrame | undefined {
  const fields = { event: 'message', id: '', data: '' };
  for (const line of text.split('\n')) {
    const match = /^(event|id|data): ?(.*)$/.exec(line);
    if (match?.[1] === 'event') fields.event = match[2] ?? '';
    if (match?.[1] === 'id') fields.id = match[2] ?? '';
    if (match?.[1] === 'data') fields.data = `${fields.data}${match[2] ?? ''}`;
  }
  return fields.data === '' ? undefined : { type: fields.event, id: fields.id, data: fields.data };
}

/** Cuts text into frames as it arrives; comments and frames without data give nothing. */
export interface EventFrameReader {
  /** @throws RangeError when one frame is longer than 4 Mi characters */
  readonly push: (text: string) => EventFrame[];
}

/** A reader for one connection. */
export function createEventFrameReader(): EventFrameReader {
  let rest = '';
  return {
    push: (text) => {
      const parts = `${rest}${text}`.split('\n\n');
      rest = parts.pop() ?? '';
      if (rest.length > frameCharactersMax) throw new RangeError('a frame without an end');
      return parts.map(parseFrame).filter((frame) => frame !== undefined);
    },
  };
}
