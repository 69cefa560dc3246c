import { execFile } from 'node:child_process';
import { execPath } from 'node:process';

import { Type, type Static } from 'typebox';

import { definePowerSwitchDriver } from '#harness/contracts/define-driver.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { PowerSwitch } from '#harness/contracts/power-switch.ts';

const Command = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });

const CommandSwitchSchema = Type.Object(
  {
    on: Command,
    off: Command,
    query: Type.Optional(Command),
    /** What `query` prints while the power is on; part of its output. Required with it. */
    onOutput: Type.Optional(Type.String({ minLength: 1 })),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000 })),
    minimumOffMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000 })),
  },
  { additionalProperties: false },
);
type CommandSwitchConfig = Static<typeof CommandSwitchSchema>;

const defaultTimeoutMs = 10_000;
const defaultMinimumOffMs = 2000;
const outputBytesMax = 1 << 20;

/** Runs the program to its end; it is killed at its deadline and at the abort. @returns what it printed */
function run(command: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<string> {
  const [program = '', ...args] = command;
  const options = {
    timeout: timeoutMs,
    maxBuffer: outputBytesMax,
    killSignal: 'SIGKILL',
    signal,
  } as const;
  return new Promise((resolve, reject) => {
    execFile(program === 'node' ? execPath : program, args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
        return;
      }
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const isLate = error.killed === true;
      const how = isLate ? `was not done after ${timeoutMs} ms` : `failed: ${error.message}`;
      const code = isLate ? 'facility/no-answer' : 'facility/rejected-command';
      const details = { program, output: `${stdout}${stderr}`.slice(-500) };
      reject(labError(code, `"${program}" ${how}`, { details, cause: error }));
    });
  });
}

function commandOutlet(config: CommandSwitchConfig): PowerSwitch {
  const { on, off, query, onOutput = '', timeoutMs = defaultTimeoutMs } = config;
  const isOn = async (signal: AbortSignal): Promise<boolean | undefined> => {
    if (query === undefined) return undefined;
    return (await run(query, timeoutMs, signal)).includes(onOutput);
  };
  return {
    minimumOffMs: config.minimumOffMs ?? defaultMinimumOffMs,
    isOn,
    set: async (wanted, signal) => {
      signal.throwIfAborted();
      await run(wanted ? on : off, timeoutMs, signal);
      const found = await isOn(signal);
      if (found === undefined || found === wanted) return;
      const message = `the command succeeded, but the switch is still ${found ? 'on' : 'off'}`;
      throw labError('facility/rejected-command', message);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A power switch that a program works: anything with a command line. No shell is involved. */
export const commandSwitch = definePowerSwitchDriver({
  id: 'facility/command-switch',
  config: CommandSwitchSchema,
  resources: () => [],
  open: (config) => {
    if ((config.query === undefined) === (config.onOutput === undefined))
      return Promise.resolve(commandOutlet(config));
    const message = 'query and onOutput of a command switch belong together';
    return Promise.reject(labError('facility/unsupported', message));
  },
});
