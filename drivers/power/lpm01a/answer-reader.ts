import type { Lpm01aMessage } from './protocol.ts';

/** How the analyzer answered a command. */
export type Answer =
  | { readonly kind: 'taken'; readonly detail: string }
  | { readonly kind: 'refused'; readonly words: string };

/** Follows the answer to one command through the messages. */
export interface AnswerReader {
  /** The answer, once this message completes it. */
  readonly read: (message: Lpm01aMessage) => Answer | undefined;
  /** What is known when no more comes; undefined when nothing came. */
  readonly soFar: () => Answer | undefined;
}

/**
 * A reader for one command. A refusal ends with its line of details. A question's data is on the acknowledgement or
 * on the next line with text.
 *
 * @param command - as sent; acknowledgements name its first word
 */
export function answerReader(command: string, options: { readonly asks: boolean }): AnswerReader {
  const [word] = command.split(' ');
  let known: Answer | undefined;

  return {
    read: (message) => {
      if (message.type === 'ack' && message.command === word) {
        known = { kind: 'taken', detail: message.detail };
        return options.asks && message.detail === '' ? undefined : known;
      }
      if (message.type === 'refused') {
        known = { kind: 'refused', words: `error ${message.command}` };
        return undefined;
      }
      if (known?.kind === 'refused' && message.type === 'error-detail') {
        return { kind: 'refused', words: `${known.words}: ${message.words}` };
      }
      return known?.kind === 'taken' ? dataIn(message) : undefined;
    },
    soFar: () => known,
  };
}

function dataIn(message: Lpm01aMessage): Answer | undefined {
  return message.type === 'text' ? { kind: 'taken', detail: message.words } : undefined;
}
