/** Bounds of everything that the scheduler waits for. */
export interface SchedulerSettings {
  /** How long a lease lasts without renewal. */
  readonly leaseMs: number;
  /** The scheduler looks at the queue, renews leases and checks deadlines at least this often. */
  readonly tickMs: number;
  /** How long a run process may take until its first phase. */
  readonly launchDeadlineMs: number;
  /** How long past a phase's deadline the run process may take to notice it before it is stopped from outside. */
  readonly phaseGraceMs: number;
  /** How long a run process may take to end once it was told to; then the run is ended without it. */
  readonly cancelBoundMs: number;
  /** How long `drain` waits for running runs before it stops them. */
  readonly drainBoundMs: number;
  /** How long one try to bring a board to its safe state may take. */
  readonly recoveryDeadlineMs: number;
  readonly recoveryTryCountMax: number;
  /** Pause between two tries. */
  readonly recoveryPauseMs: number;
  /** How often the end of a run is written when the store refuses it: a full disk may be cleared. */
  readonly storeTryCountMax: number;
}

/** What the lab uses when lab.config.ts says nothing. */
export const defaultSchedulerSettings: SchedulerSettings = {
  leaseMs: 30_000,
  tickMs: 1_000,
  launchDeadlineMs: 60_000,
  phaseGraceMs: 20_000,
  cancelBoundMs: 30_000,
  drainBoundMs: 120_000,
  recoveryDeadlineMs: 15_000,
  recoveryTryCountMax: 3,
  recoveryPauseMs: 1_000,
  storeTryCountMax: 30,
};
