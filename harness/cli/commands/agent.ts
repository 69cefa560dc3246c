import process from 'node:process';

import { InvalidArgumentError, type Command } from 'commander';

import type { AgentOptions } from '#harness/agent/agent-options.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { print } from '../output/print.ts';
import { stopSignal } from '../stop-signal.ts';

interface AgentCommandOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly stateDir: string;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly threads: number;
  readonly executionProvider: readonly string[];
  readonly modelBytesMax: number;
  readonly telemetry: boolean;
  readonly sysfs: string;
  readonly nvidiaSmi: string;
  readonly vendor?: string;
  readonly serialNumber?: string;
  readonly exitWithParent?: boolean;
}

const threadCountMax = 1024;
const modelBytesLimit = 0xffff_ffff;

const examples = `
Examples:
  assay agent                                        for this machine alone, 127.0.0.1 port 4816
  assay agent --listen 0.0.0.0:4816 --token-file /etc/assay/token
  assay agent --listen 0.0.0.0:4816 --tls-cert board.pem --tls-key board.key --tls-client-ca lab-ca.pem
  assay agent --threads 4 --execution-provider cuda --execution-provider cpu

harness/agent/README.md says how to put it on a board.`;

function parseListen(text: string): AgentCommandOptions['listen'] {
  const [, host = '', digits = ''] = /^\[?([^[\]]+)\]?:(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host !== '' && port <= 65_535) return { host, port };
  throw new InvalidArgumentError('It is HOST:PORT, as in 127.0.0.1:4816 or [::1]:4816.');
}

function wholeNumber(limit: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,10}$/.test(text) && value >= 1 && value <= limit) return value;
    throw new InvalidArgumentError(`It is a whole number from 1 to ${limit}.`);
  };
}

function tlsOf({ tlsCert, tlsKey, tlsClientCa }: AgentCommandOptions): Pick<AgentOptions, 'tls'> {
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return {};
  if (tlsCert === undefined || tlsKey === undefined) {
    throw labError('cli/usage', '--tls-cert and --tls-key belong together');
  }
  const clientCa = tlsClientCa === undefined ? {} : { clientCaFile: tlsClientCa };
  return { tls: { certificateFile: tlsCert, keyFile: tlsKey, ...clientCa } };
}

function agentOptions(options: AgentCommandOptions): AgentOptions {
  const { listen, stateDir, tokenFile, threads, executionProvider, modelBytesMax } = options;
  const { telemetry, sysfs, nvidiaSmi, vendor, serialNumber } = options;
  return {
    ...listen,
    ...tlsOf(options),
    stateFolder: stateDir,
    modelBytesMax,
    inference: { threadCount: threads, executionProviders: executionProvider },
    identity: {
      ...(vendor === undefined ? {} : { vendor }),
      ...(serialNumber === undefined ? {} : { serialNumber }),
    },
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(telemetry ? { telemetry: { sysfs, nvidiaSmi } } : {}),
  };
}

function logLine({ level, message, fields }: LogLine): void {
  process.stderr.write(`${level} ${message} ${JSON.stringify(fields)}\n`);
}

/** Aborts when the pipe on standard input closes: the parent has died. */
function parentEnd(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new DOMException('the parent ended', 'AbortError'));
  for (const event of ['error', 'end', 'close'] as const) process.stdin.on(event, stop);
  process.stdin.resume();
  return controller.signal;
}

async function serve(options: AgentCommandOptions, signal: AbortSignal): Promise<void> {
  const { runAgent } = await import('#harness/agent/run-agent.ts');
  const context = { clock: systemClock(), log: logLine };
  await using agent = await runAgent(agentOptions(options), context, signal);
  const { host } = options.listen;
  const address = host.includes(':') ? `[${host}]` : host;
  print(`assay agent of ${agent.board} listens on ${address}:${agent.port}`);
  print('ready');
  const forever = Promise.withResolvers<never>();
  await raceSignal(forever.promise, signal);
}

async function runCommand(options: AgentCommandOptions): Promise<void> {
  const stop = stopSignal();
  const signal = options.exitWithParent === true ? AbortSignal.any([stop, parentEnd()]) : stop;
  try {
    await serve(options, signal);
  } catch (thrown) {
    // Stopping on a signal is how an agent ends well.
    if (!signal.aborted || thrown !== signal.reason) throw thrown;
  } finally {
    process.stdin.destroy();
  }
}

function collect(name: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), name];
}

/** `assay agent` */
export function addAgentCommand(program: Command): void {
  program
    .command('agent')
    .description('make this board a device under test: serve its inference over the network')
    .option(
      '--listen <host:port>',
      'port 0 takes a free one (default: 127.0.0.1:4816)',
      parseListen,
      {
        host: '127.0.0.1',
        port: 4816,
      },
    )
    .option('--state-dir <dir>', 'models and boot count', '.assay/agent')
    .option('--token-file <file>', 'hosts need this secret, 16 to 1000 bytes')
    .option('--tls-cert <file>', 'certificate of this board, PEM: connections are encrypted')
    .option('--tls-key <file>', 'its private key, PEM')
    .option('--tls-client-ca <file>', 'hosts need a certificate that this one signed, PEM')
    .option('--threads <count>', 'threads of an inference', wholeNumber(threadCountMax), 1)
    .option(
      '--execution-provider <name>',
      'of onnxruntime, repeated: the preferred first (default: cpu)',
      collect,
    )
    .option('--model-bytes-max <count>', 'of one model', wholeNumber(modelBytesLimit), 1 << 30)
    .option('--no-telemetry', 'tell nothing of temperatures, power and clocks')
    .option('--sysfs <dir>', 'where sysfs is mounted', '/sys')
    .option('--nvidia-smi <file>', 'program that reports NVIDIA devices', 'nvidia-smi')
    .option('--vendor <text>', 'say this instead of what the board says it is')
    .option('--serial-number <text>', "say this instead of the board's own")
    .option('--exit-with-parent', 'end when the pipe on standard input closes')
    .addHelpText('after', examples)
    .action(async (options: AgentCommandOptions) => {
      const given: Readonly<{ executionProvider?: readonly string[] }> = options;
      await runCommand({ ...options, executionProvider: given.executionProvider ?? ['cpu'] });
    });
}
