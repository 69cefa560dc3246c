/** A value of unknown kind in a message: text as it is, anything else as JSON. Pure. */
export function valueWords(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? 'missing' : JSON.stringify(value);
}
