import type { LoadedLab } from '#harness/config/load-lab-config.ts';
import type { BoardEntry, InstrumentEntry } from '#harness/contracts/define-lab.ts';
import type { Suite } from '#harness/contracts/define-suite.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

/** @throws LabError board/unknown, naming those there are */
export function findBoard(lab: LoadedLab, boardId: string): BoardEntry {
  const board = lab.config.boards.find(({ id }) => id === boardId);
  if (board !== undefined) return board;
  const known = lab.config.boards.map(({ id }) => id).join(', ');
  throw labError('board/unknown', `there is no board "${boardId}"; there are: ${known}`);
}

/** @throws LabError suite/unknown, naming those there are */
export function findSuite(lab: LoadedLab, suiteId: string): Suite {
  const suite = lab.config.suites.find(({ id }) => id === suiteId);
  if (suite !== undefined) return suite;
  const known = lab.config.suites.map(({ id }) => id).join(', ');
  throw labError('suite/unknown', `there is no suite "${suiteId}"; there are: ${known}`);
}

/** The board's power meter, when it has one. References were checked with the configuration. */
export function findPowerMeter(lab: LoadedLab, board: BoardEntry): InstrumentEntry | undefined {
  if (board.powerMeterId === undefined) return undefined;
  const instrument = lab.config.instruments.find(({ id }) => id === board.powerMeterId);
  return assertDefined(instrument, `instrument ${board.powerMeterId} was checked to exist`);
}
