const answerTimeoutMs = 10_000;

/** A refusal by the daemon, with its own words. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly remedy: string;

  constructor(detail: string, remedy: string) {
    super(detail);
    this.remedy = remedy;
  }
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'object' || value === null) return '';
  const text: unknown = Reflect.get(value, name);
  return typeof text === 'string' ? text : '';
}

/**
 * Asks the daemon that this page came from.
 *
 * @throws Refusal with its words; TypeError when it does not answer; DOMException after ten seconds
 */
export async function askDaemon(path: string, body?: unknown): Promise<unknown> {
  const signal = AbortSignal.timeout(answerTimeoutMs);
  const answer = await fetch(
    path,
    body === undefined
      ? { signal }
      : {
          signal,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
  );
  const content: unknown = await answer.json();
  if (!answer.ok) throw new Refusal(textOf(content, 'detail'), textOf(content, 'remedy'));
  return content;
}
