import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus, hostname } from 'node:os';
import { join } from 'node:path';

import { readText } from './telemetry/read-sysfs.ts';

/** What the agent says about its board in HELLO. */
export interface BoardIdentity {
  readonly vendor: string;
  readonly firmware: string;
  readonly serialNumber: string;
  readonly chipId: string;
}

/** What a person set instead of what was found. */
export interface IdentityWishes {
  readonly vendor?: string;
  readonly serialNumber?: string;
}

/** Four such texts fit the payload that a reply to HELLO may have. */
const textLengthMax = 120;

/** Device trees end their texts with NUL. */
function clean(text: string | undefined): string | undefined {
  const kept = text?.replaceAll(/[^\x20-\x7e]/g, '').trim();
  return kept === undefined || kept === '' ? undefined : kept.slice(0, textLengthMax);
}

async function boardName(sysfs: string): Promise<string | undefined> {
  const model = clean(await readText(join(sysfs, 'firmware/devicetree/base/model')));
  if (model !== undefined) return model;
  const maker = clean(await readText(join(sysfs, 'class/dmi/id/sys_vendor')));
  const product = clean(await readText(join(sysfs, 'class/dmi/id/product_name')));
  return clean([maker, product].filter((text) => text !== undefined).join(' '));
}

/** The board's own number, else a stable name of this installation that does not give the machine id away. */
async function serialNumber(sysfs: string): Promise<string> {
  const own = clean(await readText(join(sysfs, 'firmware/devicetree/base/serial-number')));
  if (own !== undefined) return own;
  const machine = (await readText('/etc/machine-id')) ?? hostname();
  return createHash('sha256').update(`assay-agent ${machine}`).digest('hex').slice(0, 16);
}

/** The version in package.json. */
function packageVersion(): string {
  const content: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const isPackage = typeof content === 'object' && content !== null && 'version' in content;
  return isPackage ? String(content.version) : 'unknown';
}

/**
 * Looks at the board.
 *
 * @param runtime - inference library and providers, part of the firmware's name: they decide the numbers
 */
export async function boardIdentity(
  sysfs: string,
  runtime: string,
  wishes: IdentityWishes,
): Promise<BoardIdentity> {
  return {
    vendor: clean(wishes.vendor) ?? (await boardName(sysfs)) ?? 'Linux',
    firmware: clean(`assay-agent ${packageVersion()}, ${runtime}`) ?? '',
    serialNumber: clean(wishes.serialNumber) ?? (await serialNumber(sysfs)),
    chipId: clean(cpus()[0]?.model) ?? process.arch,
  };
}
