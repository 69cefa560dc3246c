/** UTC milliseconds as ISO 8601, `2026-11-24T13:30:00.000Z`. */
export function utcText(utcMs: number): string {
  return new Date(utcMs).toISOString();
}
