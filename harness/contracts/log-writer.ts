/** One line of a run log: constant text, what varies in the fields. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Where log lines go; never called between the issue and the completion of a query. */
export type LogWriter = (line: LogLine) => void;
