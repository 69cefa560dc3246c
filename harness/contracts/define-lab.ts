import type { AuditDefinition } from './define-audit.ts';
import type { DutDriver, PowerDriver, PowerSwitchDriver } from './define-driver.ts';
import type { Suite } from './define-suite.ts';
import type { JobRequest } from './records/job-record.ts';

/** A file that a recipe puts on the board; its hash is checked before every use. */
export interface DeployFile {
  /** Relative to the folder of lab.config.ts, or absolute. */
  readonly file: string;
  readonly sha256: string;
}

/** A program that a recipe runs. In the arguments `{modelFile}`, `{modelSha256}`, `{boardModel}` and `{firmwareFile}` are filled in. */
export interface DeployCommand {
  readonly command: readonly [string, ...string[]];
  /** Added to the daemon's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** How often a failing command is tried again; default 0. */
  readonly retryCount?: number;
}

/**
 * How a model or firmware gets onto a board; no shell is involved. `driver`: through the driver's own `deploy`, also
 * what happens without a recipe where the driver has one.
 */
export type DeployRecipe =
  | { readonly kind: 'none' }
  | { readonly kind: 'driver' }
  | ({
      readonly kind: 'command';
      readonly firmware?: DeployFile;
      /** Asked before (skips the deploy when it succeeds) and after (must succeed): reads back what the board holds. */
      readonly verify?: DeployCommand & {
        /** Must stand in what the command prints; the placeholders hold here too. Absent: exit code 0 is enough. */
        readonly expectOutput?: string;
      };
    } & DeployCommand)
  | {
      /** Copies the model with `scp` and compares its hash on the board through `ssh`. */
      readonly kind: 'copy';
      /** `user@host`, as ssh takes it. */
      readonly host: string;
      readonly port?: number;
      readonly identityFile?: string;
      readonly remotePath: string;
      /** Run on the board afterwards, as one argument vector: restarts its server. */
      readonly restart?: readonly [string, ...string[]];
      readonly timeoutMs: number;
      readonly retryCount?: number;
    }
  | {
      /** A UART boot loader of the AN3155 family writes the firmware and reads it back. */
      readonly kind: 'serial-boot-loader';
      readonly path: string;
      readonly baudRate?: number;
      readonly firmware: DeployFile;
      /** Where in the board's memory, 0x08000000. */
      readonly address: number;
      readonly timeoutMs: number;
      readonly retryCount?: number;
    };

/** Who a board must be, wherever it is plugged in. What is left out is not checked. */
export interface ExpectedIdentity {
  /** USB topology path, `1-1.2`. */
  readonly usbPath?: string;
  /** Serial number of the board's or probe's USB device. */
  readonly usbSerial?: string;
  /** As read back from the chip. */
  readonly chipId?: string;
}

/** Something that can take a board's power away and give it back. `config` is checked against the driver's schema. */
export interface PowerSwitchEntry {
  readonly id: string;
  readonly driver: PowerSwitchDriver;
  readonly config: unknown;
}

/** Rungs of the recovery ladder above reopening and resetting; each is used only when the one before did not help. */
export interface BoardRecovery {
  /** Ids of power switches, tried in this order. */
  readonly powerSwitchIds?: readonly string[];
  /** Deploy anew at the end; default true where there is a recipe. */
  readonly redeploy?: boolean;
}

/** A board of the lab. `config` is checked against the driver's schema. */
export interface BoardEntry {
  readonly id: string;
  readonly name: string;
  readonly maker: string;
  readonly stationId: string;
  readonly driver: DutDriver;
  readonly config: unknown;
  readonly powerMeterId?: string;
  readonly deploy?: DeployRecipe;
  readonly identity?: ExpectedIdentity;
  readonly recovery?: BoardRecovery;
}

/** An instrument of the lab. */
export interface InstrumentEntry {
  readonly id: string;
  readonly stationId: string;
  readonly driver: PowerDriver;
  readonly config: unknown;
}

/** A simulated peer of a demo lab: a process that the daemon starts and that says `ready` on a line of its own. */
export interface SimulatorEntry {
  readonly id: string;
  /** Program and arguments, relative to the folder of lab.config.ts; `node` means this Node. */
  readonly command: readonly [string, ...string[]];
}

/** The lab as data. Paths are relative to the folder of the file. */
export interface LabConfig {
  readonly lab: { readonly id: string; readonly name: string; readonly place: string };
  readonly stations: readonly { readonly id: string; readonly name: string }[];
  readonly boards: readonly BoardEntry[];
  readonly instruments: readonly InstrumentEntry[];
  readonly powerSwitches?: readonly PowerSwitchEntry[];
  readonly suites: readonly Suite[];
  /** The compliance audits that this lab offers. */
  readonly audits?: readonly AuditDefinition[];
  readonly simulators?: readonly SimulatorEntry[];
  /** The jobs that `assay demo` submits, in this order. */
  readonly plan?: readonly JobRequest[];
  readonly server?: { readonly host?: string; readonly port?: number };
  /** Store, keys, evidence: everything that lasts. Default `.assay`. */
  readonly stateDir?: string;
}

/** States a lab; here only so that its type is checked where it is written. */
export function defineLab(config: LabConfig): LabConfig {
  return config;
}
