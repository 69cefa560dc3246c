import { Type, type Static } from 'typebox';

import { openUsbHub, type UsbHub } from '#drivers/transports/usb/usb-hub.ts';
import { definePowerSwitchDriver } from '#harness/contracts/define-driver.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { PowerSwitch, PowerSwitchContext } from '#harness/contracts/power-switch.ts';
import { withDeadline } from '#harness/kernel/deadline.ts';

const Place = Type.Object(
  {
    topologyPath: Type.String({ pattern: '^\\d+-\\d+(\\.\\d+)*$', description: '1-1.2' }),
    port: Type.Integer({ minimum: 1, maximum: 255, description: 'as the hub counts, from 1' }),
  },
  { additionalProperties: false },
);

const HubPortConfigSchema = Type.Object(
  {
    hub: Place,
    superSpeedHub: Type.Optional(Place),
    minimumOffMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
  },
  { additionalProperties: false },
);
type HubPortConfig = Static<typeof HubPortConfigSchema>;

/** One half of the port: a USB 3 hub is two hubs, and power is off when both say so. */
interface Half {
  readonly hub: UsbHub;
  readonly port: number;
}

const defaultMinimumOffMs = 2000;
/** The hub's status follows its switch at once; a hub that needs longer does not switch. */
const readBackTimeoutMs = 2000;
const readBackEveryMs = 20;

function unsupported(half: Half, why: string): Error {
  const { hub, port } = half;
  const message = `the hub ${hub.topologyPath} cannot switch its port ${port}: ${why}`;
  return labError('facility/unsupported', message, {
    details: { topologyPath: hub.topologyPath, port },
  });
}

async function checkAbility(half: Half): Promise<void> {
  const { portCount, switching } = await half.hub.ability();
  if (half.port > portCount) throw unsupported(half, `it has ${portCount} ports`);
  if (switching === 'ganged') throw unsupported(half, 'it switches all of its ports together');
  if (switching === 'none') throw unsupported(half, 'it has no power switches');
}

class HubPort implements PowerSwitch {
  readonly minimumOffMs: number;
  readonly #context: PowerSwitchContext;
  readonly #halves: readonly Half[];
  #isChecked = false;

  constructor(halves: readonly Half[], minimumOffMs: number, context: PowerSwitchContext) {
    this.#halves = halves;
    this.minimumOffMs = minimumOffMs;
    this.#context = context;
  }

  readonly isOn = async (signal: AbortSignal): Promise<boolean> => {
    await this.#check(signal);
    for (const { hub, port } of this.#halves) if (await hub.isPortOn(port)) return true;
    return false;
  };

  readonly set = async (isOn: boolean, signal: AbortSignal): Promise<void> => {
    await this.#check(signal);
    for (const { hub, port } of this.#halves) await hub.setPortPower(port, isOn);
    for (const half of this.#halves) await this.#readBack(half, isOn, signal);
  };

  readonly [Symbol.asyncDispose] = async (): Promise<void> => {
    for (const { hub } of this.#halves) await hub[Symbol.asyncDispose]();
  };

  async #check(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#isChecked) return;
    for (const half of this.#halves) await checkAbility(half);
    this.#isChecked = true;
  }

  async #readBack(half: Half, isOn: boolean, signal: AbortSignal): Promise<void> {
    const deadline = withDeadline(readBackTimeoutMs);
    while ((await half.hub.isPortOn(half.port)) !== isOn) {
      signal.throwIfAborted();
      if (deadline.aborted) {
        const { topologyPath } = half.hub;
        const message = `port ${half.port} of the hub ${topologyPath} took the command and stays as it was`;
        throw labError('facility/rejected-command', message, {
          details: { topologyPath, port: half.port, isOn },
        });
      }
      await this.#context.clock.sleep(readBackEveryMs, signal);
    }
  }
}

async function openHalves(config: HubPortConfig, signal: AbortSignal): Promise<readonly Half[]> {
  const halves: Half[] = [];
  try {
    for (const place of [config.hub, config.superSpeedHub]) {
      signal.throwIfAborted();
      if (place === undefined) continue;
      halves.push({ hub: await openUsbHub(place.topologyPath), port: place.port });
    }
    return halves;
  } catch (error) {
    for (const { hub } of halves) await hub[Symbol.asyncDispose]();
    throw error;
  }
}

/** Takes the power of one port of a USB hub away and gives it back. */
export const hubPort = definePowerSwitchDriver({
  id: 'facility/hub-port',
  config: HubPortConfigSchema,
  resources: ({ hub, superSpeedHub }) =>
    [hub, superSpeedHub]
      .filter((place) => place !== undefined)
      .map(({ topologyPath, port }) => `usb-port:${topologyPath}:${port}`),
  open: async (config, context, signal) =>
    new HubPort(
      await openHalves(config, signal),
      config.minimumOffMs ?? defaultMinimumOffMs,
      context,
    ),
});
