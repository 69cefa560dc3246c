import type { AuditDefinition } from './define-audit.ts';
import type { DutDriver, PowerDriver } from './define-driver.ts';
import type { Suite } from './define-suite.ts';
import type { JobRequest } from './records/job-record.ts';

/**
 * How a model or firmware gets onto a board. In the arguments `{modelFile}` becomes the absolute path of the model
 * and `{boardModel}` its name on the wire. No shell is involved.
 */
export type DeployRecipe =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'command';
      readonly command: readonly [string, ...string[]];
      readonly timeoutMs: number;
    };

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
