const noBreakSpace = '\u00A0';

/** A number with this many significant digits, without exponent, thousands apart. */
export function formatNumber(value: number, significantDigits = 4): string {
  if (!Number.isFinite(value)) return 'not a number';
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(12, Math.max(0, significantDigits - 1 - magnitude));
  return withGroups(value.toFixed(decimals));
}

/** Thousands apart from five digits on, and a real minus sign. */
function withGroups(plain: string): string {
  const [whole = '', fraction] = plain.replace('-', '').split('.');
  const grouped = whole.length > 4 ? whole.replaceAll(/\B(?=(\d{3})+$)/g, noBreakSpace) : whole;
  const sign = plain.startsWith('-') ? '\u2212' : '';
  return `${sign}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** A count, thousands apart. */
export function formatCount(value: number): string {
  return withGroups(value.toFixed(0));
}

interface UnitStep {
  readonly from: number;
  readonly unit: string;
}

function withUnit(value: number, steps: readonly UnitStep[]): string {
  const fitting = steps.find((step) => Math.abs(value) >= step.from) ?? steps.at(-1);
  if (fitting === undefined || value === 0) return `0${noBreakSpace}${steps[0]?.unit ?? ''}`;
  return `${formatNumber(value / fitting.from)}${noBreakSpace}${fitting.unit}`;
}

/** Nanoseconds as ns, µs, ms or s, four significant digits. */
export function formatDurationNs(durationNs: number): string {
  return withUnit(durationNs, [
    { from: 1e9, unit: 's' },
    { from: 1e6, unit: 'ms' },
    { from: 1e3, unit: 'µs' },
    { from: 1, unit: 'ns' },
  ]);
}

/** A number as it was set: without rounding, exponent or trailing zeros, to twelve decimals. */
export function formatExact(value: number): string {
  const plain = value.toFixed(12);
  return plain.replace(/\.?0+$/, '');
}

/** A confidence or a limit in percent as it was set: 0.999 is `99.9 %`. */
export function formatExactPercent(fraction: number): string {
  return `${formatExact(Math.round(fraction * 1e6) / 1e4)}${noBreakSpace}%`;
}

/** Watts as W, mW or µW. */
export function formatWatts(watts: number): string {
  return withUnit(watts, [
    { from: 1, unit: 'W' },
    { from: 1e-3, unit: 'mW' },
    { from: 1e-6, unit: 'µW' },
  ]);
}

/** Microjoules as J, mJ, µJ or nJ. */
export function formatMicrojoules(microjoules: number): string {
  return withUnit(microjoules, [
    { from: 1e6, unit: 'J' },
    { from: 1e3, unit: 'mJ' },
    { from: 1, unit: 'µJ' },
    { from: 1e-3, unit: 'nJ' },
  ]);
}

/** A fraction in percent, two decimals. */
export function formatPercent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)}${noBreakSpace}%`;
}

/** A measured value with the unit that the record names; fractions in percent, times in a handy unit. */
export function formatMeasured(value: number, unit: string): string {
  switch (unit) {
    case 'ns':
      return formatDurationNs(value);
    case 'ms':
      return formatDurationNs(value * 1e6);
    case 'W':
      return formatWatts(value);
    case 'fraction':
      return formatPercent(value);
    default: {
      const text = Number.isInteger(value) ? formatCount(value) : formatNumber(value, 6);
      return unit === '' ? text : `${text}${noBreakSpace}${unit}`;
    }
  }
}
