import { Value } from 'typebox/value';

import {
  errorRecord,
  ErrorRecordSchema,
  type ErrorRecord,
} from '#harness/contracts/error-record.ts';
import { printable } from '#harness/kernel/format/table.ts';

import { DaemonRefusal } from './daemon-refusal.ts';
import { exitCodeOfError, exitCodes } from './exit-code.ts';

/** What a person reads when a command fails, and how the process ends. */
export interface DescribedError {
  /** Code and sentence, then the remedy; for a bug also where it happened. */
  readonly text: string;
  readonly exitCode: number;
}

function isErrorClass(word: string): word is ErrorRecord['class'] {
  return Value.Check(ErrorRecordSchema.properties.class, word);
}

function lines(code: string, message: string, remedy: string): string {
  const sentences = message.split('\n').map((line) => printable(line));
  return `${printable(code)}: ${sentences.join('\n  ')}\n  ${printable(remedy)}`;
}

/** Describes anything thrown. Pure. */
export function describeError(thrown: unknown): DescribedError {
  if (thrown instanceof DaemonRefusal) {
    const { problem } = thrown;
    return {
      text: lines(problem.code, problem.detail, problem.remedy),
      exitCode: isErrorClass(problem.class)
        ? exitCodeOfError({ class: problem.class })
        : exitCodes.infrastructure,
    };
  }
  const error = errorRecord(thrown);
  const text = lines(error.code, error.message, error.remedy);
  const stack = error.class === 'bug' && thrown instanceof Error ? `\n${thrown.stack ?? ''}` : '';
  return { text: `${text}${stack}`, exitCode: exitCodeOfError(error) };
}
