import type { Command } from 'commander';

import { addLoadgenBenchCommand } from './loadgen-bench.ts';
import { addLoadgenJudgeCommand } from './loadgen-judge.ts';
import { addLoadgenPlanCommand } from './loadgen-plan.ts';

/** `assay loadgen`: the load generator alone, without a lab. */
export function addLoadgenCommand(program: Command): void {
  const loadgen = program
    .command('loadgen')
    .description('the load generator alone: its plan, its judge, its speed');
  addLoadgenPlanCommand(loadgen);
  addLoadgenJudgeCommand(loadgen);
  addLoadgenBenchCommand(loadgen);
}
