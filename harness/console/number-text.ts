/** Three significant digits without an exponent, a dash where there is no number. Pure. */
export function numberText(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 9));
}

/** Nanoseconds as milliseconds. Pure. */
export function millisecondsText(ns: number | undefined): string {
  return numberText(ns === undefined ? undefined : ns / 1e6);
}

/** A fraction as percent with one decimal. Pure. */
export function percentText(fraction: number | undefined): string {
  return fraction === undefined ? '–' : `${(fraction * 100).toFixed(1)} %`;
}
