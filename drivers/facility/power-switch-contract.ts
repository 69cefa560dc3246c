import { describe, expect, it } from 'vitest';

import type { PowerSwitch } from '#harness/contracts/power-switch.ts';

/** A power switch, and what it did as its own side knows. */
export interface PowerSwitchFixture extends AsyncDisposable {
  readonly outlet: PowerSwitch;
  readonly isReallyOn: () => boolean | Promise<boolean>;
}

const inTime = (): AbortSignal => AbortSignal.timeout(10_000);

/**
 * What every driver of a power switch must do.
 *
 * @param open - a switch that is on
 */
export function describePowerSwitchContract(
  name: string,
  open: () => Promise<PowerSwitchFixture>,
): void {
  describe(`${name}, as a power switch`, () => {
    it('takes the power away and gives it back', async () => {
      await using fixture = await open();
      await fixture.outlet.set(false, inTime());
      expect(await fixture.isReallyOn()).toBe(false);
      await fixture.outlet.set(true, inTime());
      expect(await fixture.isReallyOn()).toBe(true);
    });

    it('says how it stands where it can', async () => {
      await using fixture = await open();
      expect(await fixture.outlet.isOn(inTime())).not.toBe(false);
      await fixture.outlet.set(false, inTime());
      expect(await fixture.outlet.isOn(inTime())).not.toBe(true);
    });

    it('takes the same command twice', async () => {
      await using fixture = await open();
      await fixture.outlet.set(false, inTime());
      await fixture.outlet.set(false, inTime());
      expect(await fixture.isReallyOn()).toBe(false);
    });

    it('has a shortest time without power, and ends a call whose signal has aborted', async () => {
      await using fixture = await open();
      expect(fixture.outlet.minimumOffMs).toBeGreaterThan(0);
      const aborted = AbortSignal.abort(new Error('not now'));
      await expect(fixture.outlet.set(false, aborted)).rejects.toThrow('not now');
      expect(await fixture.isReallyOn()).toBe(true);
    });
  });
}
