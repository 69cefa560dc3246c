import {
  openPseudoTerminal,
  type PseudoTerminal,
} from '#fixtures/pseudo-terminal/pseudo-terminal.ts';
import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { tinySerial } from '../tiny-serial.ts';

/** What a scripted board says to a command; undefined: the usual, as the sheet has it. */
export type Script = (command: string, timesAsked: number) => string | undefined;

export interface ScriptedBoard extends AsyncDisposable {
  readonly pty: PseudoTerminal;
  readonly dut: Dut;
  /** Every command that arrived, in order. */
  readonly commands: readonly string[];
}

/** Ends each reply. */
export const ready = 'm-ready\r\n';
/** Of a boot. */
export const banner = `m-timestamp-mode-performance\r\nm-lap-us-17\r\nm-init-done\r\n${ready}`;
/** What each inference gives. */
export const results = 'm-results-[0.125,0.875]\r\n';
/** 40 bytes, as the model takes them. */
export const sample = Uint8Array.from({ length: 40 }, (_, index) => index * 6);
/** Longer than anything here takes. */
export const inTime = (): AbortSignal => AbortSignal.timeout(20_000);

/** The usual replies of a two-class board; typed from the sheet, not made by the driver. */
function usualReplies(): (command: string) => string {
  let expectedCount = 0;
  let held = '';
  const chunk = (hex: string): string => {
    held += hex;
    return held.length === expectedCount * 2 ? `m-load-done\r\n${ready}` : ready;
  };
  return (command) => {
    if (command === 'name') return `m-name-dut-[scripted]\r\n${ready}`;
    if (command === 'profile') return `m-profile-[Test V1]\r\nm-model-[pair]\r\n${ready}`;
    if (command === 'timestamp') return `m-lap-us-1000\r\n${ready}`;
    if (command === 'results') return results + ready;
    if (command === 'db print') {
      const lines = held.match(/.{1,16}/g) ?? [];
      const print = lines.map((line) => `m-buffer-${(line.match(/../g) ?? []).join('-')}\r\n`);
      return print.join('') + ready;
    }
    const load = /^db load (\d+)$/.exec(command);
    if (load !== null) {
      expectedCount = Number(load[1]);
      held = '';
      return `m-[Expecting ${expectedCount} bytes]\r\n${ready}`;
    }
    const data = /^db ([0-9a-f]+)$/.exec(command);
    if (data !== null) return chunk(data[1] ?? '');
    const infer = /^infer (\d+) 0$/.exec(command);
    if (infer === null) return `e-[Unknown command: ${command}]\r\n${ready}`;
    const marks = `m-warmup-start-0\r\nm-warmup-done\r\nm-infer-start-${infer[1]}\r\n`;
    return `${marks}m-lap-us-2000\r\nm-lap-us-2500\r\nm-infer-done\r\n${results}${ready}`;
  };
}

/** A model of two classes. */
export const scriptedContext: DutContext = {
  boardId: 'scripted-1',
  clock: systemClock(),
  inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
  log: () => undefined,
  deployment: {
    modelPath: '/none',
    modelSha256: '0'.repeat(64),
    boardModel: 'pair',
    inputElement: 'uint8',
    inputShape: [40],
    outputLength: 2,
  },
};

/** A board that answers by script, and the driver opened on it. An empty answer is silence. */
export async function openScripted(
  script: Script,
  config: Record<string, unknown> = {},
): Promise<ScriptedBoard> {
  const usual = usualReplies();
  const commands: string[] = [];
  let begun = '';
  const pty: PseudoTerminal = await openPseudoTerminal({
    onBytes: (bytes) => {
      const parts = (begun + Buffer.from(bytes).toString('latin1')).split('%');
      begun = parts.pop() ?? '';
      for (const command of parts) {
        commands.push(command);
        const timesAsked = commands.filter((other) => other === command).length;
        const scripted = script(command, timesAsked);
        pty.write(Buffer.from(scripted ?? usual(command), 'latin1'));
      }
    },
  });
  const quick = {
    quietMs: 20,
    probeTimeoutMs: 200,
    commandTimeoutMs: 300,
    chunkTimeoutMs: 300,
    inferTimeoutMs: 600,
    resyncTimeoutMs: 800,
    bootTimeoutMs: 800,
    sweepTimeoutMs: 20,
  };
  const dut = await tinySerial.open(
    { path: pty.path, ...quick, ...config },
    scriptedContext,
    inTime(),
  );
  return {
    pty,
    dut,
    commands,
    [Symbol.asyncDispose]: async () => {
      await dut[Symbol.asyncDispose]();
      await pty[Symbol.asyncDispose]();
    },
  };
}

/** A board that answers everything as the sheet has it. */
export const usually: Script = () => undefined;
