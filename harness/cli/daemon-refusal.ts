import type { Problem } from '#harness/contracts/records/http-answer.ts';

/** A refusal with a code that this version does not know: the daemon is newer. */
export class DaemonRefusal extends Error {
  override readonly name = 'DaemonRefusal';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}
