import process from 'node:process';

/** Writes lines to standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a value as JSON that people can read and programs can parse. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}
