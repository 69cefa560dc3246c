import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import type { Dut, DutContext } from './dut.ts';
import type { PowerContext, PowerMeter } from './power-meter.ts';
import type { PowerSwitch, PowerSwitchContext } from './power-switch.ts';

/** What a driver's author writes: typed by its own configuration schema. */
interface DriverDefinition<Config extends TSchema, Context, Port> {
  /** `dut/tiny-serial`: kind and family; goes into the record. */
  readonly id: string;
  /** Checked with the lab's configuration, so that a wrong entry never reaches hardware. */
  readonly config: Config;
  /** What only one entry of the lab may use: device paths, addresses. Two entries with the same key are an error. */
  readonly resources: (config: Static<Config>) => readonly string[];
  /** Opens the device and only that: no command is sent before the first call. */
  readonly open: (config: Static<Config>, context: Context, signal: AbortSignal) => Promise<Port>;
}

/** A driver as the lab holds it: it checks its configuration itself, so any driver fits any entry. */
interface Driver<Kind extends string, Context, Port> {
  readonly kind: Kind;
  readonly id: string;
  readonly config: TSchema;
  readonly resources: (config: unknown) => readonly string[];
  readonly open: (config: unknown, context: Context, signal: AbortSignal) => Promise<Port>;
}

/** A driver for devices under test. */
export type DutDriver = Driver<'dut', DutContext, Dut>;

/** A driver for power switches. */
export type PowerSwitchDriver = Driver<'facility', PowerSwitchContext, PowerSwitch>;

/** A driver for power meters. */
export type PowerDriver = Driver<'power', PowerContext, PowerMeter>;

function defineDriver<Kind extends string, Config extends TSchema, Context, Port>(
  kind: Kind,
  definition: DriverDefinition<Config, Context, Port>,
): Driver<Kind, Context, Port> {
  return {
    kind,
    id: definition.id,
    config: definition.config,
    resources: (config) => definition.resources(Value.Parse(definition.config, config)),
    open: (config, context, signal) =>
      definition.open(Value.Parse(definition.config, config), context, signal),
  };
}

/** A driver is a value listed in lab.config.ts; nothing registers itself. */
export function defineDutDriver<Config extends TSchema>(
  definition: DriverDefinition<Config, DutContext, Dut>,
): DutDriver {
  return defineDriver('dut', definition);
}

/** The same for a power meter. */
export function definePowerDriver<Config extends TSchema>(
  definition: DriverDefinition<Config, PowerContext, PowerMeter>,
): PowerDriver {
  return defineDriver('power', definition);
}

/** The same for a power switch. */
export function definePowerSwitchDriver<Config extends TSchema>(
  definition: DriverDefinition<Config, PowerSwitchContext, PowerSwitch>,
): PowerSwitchDriver {
  return defineDriver('facility', definition);
}
