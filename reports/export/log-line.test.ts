import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { logLine, type LogEntry } from './log-line.ts';

describe('a line of the detail log', () => {
  it('is the marker, then JSON with the fields of the sheet, the instant with 6 decimals', () => {
    expect(logLine({ key: 'effective_scenario', value: 'Server' }, -12.5)).toBe(
      ':::MLLOG {"key": "effective_scenario", "value": "Server", "time_ms": -12.500000, ' +
        '"namespace": "mlperf::logging", "event_type": "POINT_IN_TIME", ' +
        '"metadata": {"is_error":false,"is_warning":false,"file":"assay export","line_no":null,"pid":null,"tid":null}}',
    );
  });

  it('keeps seeds that no JavaScript number can hold, digit by digit', () => {
    const entry: LogEntry = { key: 's', value: { digits: '16159082839903944936' } };
    expect(logLine(entry, 0)).toContain('"value": 16159082839903944936,');
  });

  it('prints 54807700.125 in full, where six digits would be 5.48077e+07', () => {
    expect(logLine({ key: 'x', value: 54_807_700.125 }, 0)).toContain('"value": 54807700.125,');
  });

  it('reads back as the same key and value, whatever they are', () => {
    const value = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.array(fc.nat()),
    );
    fc.assert(
      fc.property(fc.string(), value, (key, said) => {
        const line = logLine({ key, value: said }, 1);
        expect(line).not.toContain('\n');
        const parsed: unknown = JSON.parse(line.replace(':::MLLOG ', ''));
        const kept = typeof said === 'number' && Object.is(said, -0) ? 0 : said;
        expect(parsed).toMatchObject({ key, value: kept });
      }),
    );
  });

  it('marks errors', () => {
    expect(logLine({ key: 'e', value: 'x', severity: 'error' }, 0)).toContain('"is_error":true');
  });
});
