/** One thing wrong in lab.config.ts. */
export interface ConfigProblem {
  /** Where: `boards[1].config.path`. */
  readonly path: string;
  readonly problem: string;
  /** What to write instead. */
  readonly remedy: string;
}
