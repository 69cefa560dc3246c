import type { LoadOverrides } from '#harness/contracts/records/load-settings.ts';

/** A setting of the load that the form offers: when it is shown, and how what is typed becomes what is sent. */
export interface LoadField {
  readonly name: keyof LoadOverrides;
  /** What the label says it is in; the daemon takes milliseconds. */
  readonly unit: '' | 's' | 'ms' | 'per second';
  readonly isWhole: boolean;
  /** Scenarios in which it means something. */
  readonly scenarios: readonly string[];
}

/** In the order of the form. */
export const loadFields: readonly LoadField[] = [
  { name: 'targetQps', unit: 'per second', isWhole: false, scenarios: ['server'] },
  { name: 'peakStartQps', unit: 'per second', isWhole: false, scenarios: ['find-peak'] },
  { name: 'targetLatencyMs', unit: 'ms', isWhole: false, scenarios: ['server', 'find-peak'] },
  { name: 'samplesPerQuery', unit: '', isWhole: true, scenarios: ['multi-stream'] },
  {
    name: 'minDurationMs',
    unit: 's',
    isWhole: false,
    scenarios: ['single-stream', 'multi-stream', 'server', 'offline'],
  },
];

/** What a form holds, as text by the name of its field; fields that are not shown are not in it. */
export type FormValues = Readonly<Record<string, string>>;

/** Whether a field means something in this scenario. Pure. */
export function isFieldShown({ scenarios }: LoadField, scenario: string): boolean {
  return scenarios.includes(scenario);
}

const scaleOf = ({ unit }: LoadField): number => (unit === 's' ? 1000 : 1);

/**
 * The request for the daemon: fields that were left empty are not sent, everything else is for the daemon to judge.
 * Pure.
 */
export function jobRequestOf(values: FormValues): Readonly<Record<string, unknown>> {
  const load = loadFields.flatMap((field) => {
    const text = (values[field.name] ?? '').trim();
    return text === '' ? [] : [[field.name, Number(text) * scaleOf(field)] as const];
  });
  const names = new Set<string>(loadFields.map(({ name }) => name));
  const plain = Object.entries(values).filter(([name, text]) => !names.has(name) && text !== '');
  return {
    ...Object.fromEntries(plain),
    ...(load.length === 0 ? {} : { load: Object.fromEntries(load) }),
  };
}
