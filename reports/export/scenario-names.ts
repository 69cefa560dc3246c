import type { Scenario } from '#harness/contracts/records/run-record.ts';

/** How the layout writes the scenarios it has. */
export type LayoutScenario = 'SingleStream' | 'MultiStream' | 'Server' | 'Offline';

const names: Readonly<Record<Scenario, LayoutScenario | undefined>> = {
  'single-stream': 'SingleStream',
  'multi-stream': 'MultiStream',
  server: 'Server',
  offline: 'Offline',
  'find-peak': undefined,
};

/** The layout's name of a scenario; undefined when it has none. */
export function layoutScenario(scenario: Scenario): LayoutScenario | undefined {
  return names[scenario];
}
