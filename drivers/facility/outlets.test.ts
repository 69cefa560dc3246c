import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';

import {
  startSimulator,
  temporaryFolder,
} from '#fixtures/pseudo-terminal/testing/simulator-child.ts';
import type { PowerSwitchDriver } from '#harness/contracts/define-driver.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { commandSwitch } from './command-switch/command-switch.ts';
import { httpSwitch } from './http-switch/http-switch.ts';
import { describePowerSwitchContract, type PowerSwitchFixture } from './power-switch-contract.ts';
import { scpiSwitch } from './scpi-switch/scpi-switch.ts';
import { snmpSwitch } from './snmp-switch/snmp-switch.ts';

const outletPath = fileURLToPath(
  new URL('../../fixtures/facilities/outlet/main.ts', import.meta.url),
);
const clock = systemClock();
const inTime = (): AbortSignal => AbortSignal.timeout(10_000);

function openOutlet(driver: PowerSwitchDriver, config: unknown) {
  return driver.open(config, { switchId: 'outlet', clock, log: () => undefined }, inTime());
}

const PortsSchema = Type.Object({ scpiPort: Type.Integer(), httpPort: Type.Integer() });
type Ports = Static<typeof PortsSchema>;

/** The simulated outlet and a driver on one of its wires. */
async function simulated(
  driver: PowerSwitchDriver,
  configOf: (ports: Ports) => unknown,
  faults: readonly string[] = [],
): Promise<PowerSwitchFixture> {
  const args = faults.flatMap((fault) => ['--fault', fault]);
  const simulator = await startSimulator(outletPath, ['--exit-with-parent', ...args]);
  const ports = Value.Parse(PortsSchema, JSON.parse(simulator.output().split('\n')[0] ?? ''));
  const outlet = await openOutlet(driver, configOf(ports));
  return {
    outlet,
    isReallyOn: async () => {
      const answer = await fetch(`http://127.0.0.1:${ports.httpPort}/relay/0`);
      return (await answer.text()).includes('true');
    },
    [Symbol.asyncDispose]: async () => {
      await outlet[Symbol.asyncDispose]();
      await simulator[Symbol.asyncDispose]();
    },
  };
}

const scpiConfig = ({ scpiPort }: Ports) => ({
  host: '127.0.0.1',
  port: scpiPort,
  timeoutMs: 500,
});
const httpConfig = ({ httpPort }: Ports) => ({
  url: `http://127.0.0.1:${httpPort}`,
  on: { path: 'relay/0?turn=on' },
  off: { path: 'relay/0?turn=off' },
  query: { path: 'relay/0', pointer: '/relay/0/ison', onValue: 'true' },
  timeoutMs: 500,
});

describePowerSwitchContract('SCPI', () => simulated(scpiSwitch, scpiConfig));
describePowerSwitchContract('HTTP', () => simulated(httpSwitch, httpConfig));

/** A program that keeps its state in a file. */
function commandConfig(file: string) {
  const write = (text: string) => [
    'node',
    '-e',
    `require('fs').writeFileSync(process.argv[1], '${text}')`,
    file,
  ];
  return { on: write('on'), off: write('off'), query: ['cat', file], onOutput: 'on' };
}

describePowerSwitchContract('a command', async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'state');
  writeFileSync(file, 'on');
  const outlet = await openOutlet(commandSwitch, commandConfig(file));
  return {
    outlet,
    isReallyOn: () => readFileSync(file, 'utf8') === 'on',
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** An outlet in the net-snmp daemon, which is not ours: a script behind one OID. */
async function snmpOutlet(): Promise<PowerSwitchFixture> {
  const folder = await temporaryFolder();
  const [state, script, configuration, community] = [
    'state',
    'outlet.sh',
    'snmpd.conf',
    'community',
  ].map((name) => join(folder.path, name));
  const port = await freeUdpPort();
  const answer = `echo "$2"; echo integer; cat ${state}`;
  writeFileSync(
    script ?? '',
    `case "$1" in -g) [ "$2" = .1.3.6.1.4.1.99999.1.0 ] && { ${answer}; };; -s) echo "$4" > ${state};; esac\n`,
  );
  writeFileSync(state ?? '', '1\n');
  writeFileSync(community ?? '', 'lab\n');
  writeFileSync(
    configuration ?? '',
    `rwcommunity lab 127.0.0.1\npass .1.3.6.1.4.1.99999 /bin/sh ${script}\n`,
  );
  const daemon = spawn(
    '/usr/sbin/snmpd',
    ['-f', '-C', '-c', configuration ?? '', '-Lo', `udp:127.0.0.1:${port}`],
    { env: { MIBS: '', SNMP_PERSISTENT_DIR: folder.path }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const chunk of daemon.stdout) if (/NET-SNMP version/.test(String(chunk))) break;
  const outlet = await openOutlet(snmpSwitch, {
    host: '127.0.0.1',
    port,
    communityFile: community,
    oid: '1.3.6.1.4.1.99999.1.0',
    timeoutMs: 500,
  });
  return {
    outlet,
    isReallyOn: () => readFileSync(state ?? '', 'utf8').trim() === '1',
    [Symbol.asyncDispose]: async () => {
      await outlet[Symbol.asyncDispose]();
      daemon.kill();
      await once(daemon, 'exit');
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!existsSync('/usr/sbin/snmpd'))('net-snmp (Debian package snmpd)', () => {
  describePowerSwitchContract('SNMP', snmpOutlet);
});

describe('a power switch that fails', () => {
  it.each([
    { wire: 'SCPI', fault: 'silent', code: 'facility/no-answer' },
    { wire: 'SCPI', fault: 'stuck', code: 'facility/rejected-command' },
    { wire: 'SCPI', fault: 'refuse', code: 'facility/rejected-command' },
    { wire: 'HTTP', fault: 'silent', code: 'facility/no-answer' },
    { wire: 'HTTP', fault: 'stuck', code: 'facility/rejected-command' },
    { wire: 'HTTP', fault: 'refuse', code: 'facility/rejected-command' },
  ])('$fault over $wire ends as $code', async ({ wire, fault, code }) => {
    await using fixture =
      wire === 'SCPI'
        ? await simulated(scpiSwitch, scpiConfig, [fault])
        : await simulated(httpSwitch, httpConfig, [fault]);
    await expect(fixture.outlet.set(false, inTime())).rejects.toMatchObject({ code });
  });

  it('is told when nobody is there', async () => {
    const scpi = openOutlet(scpiSwitch, { host: '127.0.0.1', port: 1 });
    await expect(scpi).rejects.toMatchObject({ code: 'facility/no-answer' });
    const http = await openOutlet(httpSwitch, httpConfig({ scpiPort: 1, httpPort: 1 }));
    await expect(http.set(true, inTime())).rejects.toMatchObject({ code: 'facility/no-answer' });
    await http[Symbol.asyncDispose]();
    await using folder = await temporaryFolder();
    const communityFile = join(folder.path, 'community');
    writeFileSync(communityFile, 'lab');
    const config = { host: '127.0.0.1', port: 1, communityFile, oid: '1.3.6', timeoutMs: 100 };
    const snmp = await openOutlet(snmpSwitch, config);
    await expect(snmp.set(true, inTime())).rejects.toMatchObject({ code: 'facility/no-answer' });
    await snmp[Symbol.asyncDispose]();
  });

  it('is told when the program hangs, fails, or does nothing', async () => {
    const hangs = await openOutlet(commandSwitch, {
      on: ['sleep', '60'],
      off: ['false'],
      timeoutMs: 300,
    });
    const code = 'facility/no-answer';
    await expect(hangs.set(true, inTime())).rejects.toMatchObject({ code });
    const rejected = { code: 'facility/rejected-command' };
    await expect(hangs.set(false, inTime())).rejects.toMatchObject(rejected);
    const idle = { on: ['true'], off: ['true'], query: ['echo', 'on'], onOutput: 'on' };
    const lazy = await openOutlet(commandSwitch, idle);
    await expect(lazy.set(false, inTime())).rejects.toMatchObject(rejected);
  });
});
