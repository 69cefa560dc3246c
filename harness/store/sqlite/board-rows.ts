import { Compile } from 'typebox/compile';

import type { ErrorRecord } from '#harness/contracts/error-record.ts';
import { BoardSummarySchema, type BoardSummary } from '#harness/contracts/records/job-record.ts';
import type { ResultStore } from '#harness/contracts/result-store.ts';
import { assert } from '#harness/kernel/assert.ts';

import { jsonColumn, rowReader } from './row-reader.ts';
import type { SqlSession } from './sql-session.ts';

const readBoard = rowReader('boards', Compile(BoardSummarySchema), {
  json: ['lastError', 'recovery'],
});

const configuredSql = `SELECT board_id AS boardId, name, maker, station_id AS stationId, driver,
    power_meter_id AS powerMeterId, state, health, run_id AS runId, last_error AS lastError,
    (SELECT json_group_array(json_object('rung', rung, 'triedCount', tried_count,
        'helpedCount', helped_count, 'lastAtMs', last_at_ms) ORDER BY rung)
      FROM recovery_counts AS counted WHERE counted.board_id = boards.board_id) AS recovery
  FROM boards WHERE configured = 1 ORDER BY place`;
const forgetSql = `UPDATE boards SET configured = 0`;
const syncSql = `INSERT INTO boards
    (board_id, name, maker, station_id, driver, power_meter_id, place, configured, state, health, fence)
  VALUES (:boardId, :name, :maker, :stationId, :driver, :powerMeterId, :place, 1, 'free', 'unknown', 0)
  ON CONFLICT (board_id) DO UPDATE SET name = excluded.name, maker = excluded.maker,
    station_id = excluded.station_id, driver = excluded.driver, power_meter_id = excluded.power_meter_id,
    place = excluded.place, configured = 1`;
const stateSql = `UPDATE boards SET state = :state,
    last_error = CASE WHEN :keepsError THEN last_error ELSE :lastError END
  WHERE board_id = :boardId
    AND (:state <> 'free' OR run_id IS NULL) AND (:state <> 'leased' OR run_id IS NOT NULL)`;
const recoverySql = `INSERT INTO recovery_counts
    (board_id, rung, tried_count, helped_count, last_at_ms)
  VALUES (:boardId, :rung, 1, :helpedCount, :atMs)
  ON CONFLICT (board_id, rung) DO UPDATE SET tried_count = tried_count + 1,
    helped_count = helped_count + excluded.helped_count, last_at_ms = excluded.last_at_ms`;
const renewSql = `UPDATE boards SET lease_until_ms = :untilMs WHERE run_id = :runId AND fence = :fence`;

/** Boards of the configuration, in its order. */
export function configuredBoards(session: SqlSession): BoardSummary[] {
  return session.all(configuredSql).map(readBoard);
}

/** Call inside a transaction. Boards that are gone keep their rows, fences and history. */
export function replaceBoards(
  session: SqlSession,
  boards: Parameters<ResultStore['syncBoards']>[0],
): void {
  session.change(forgetSql);
  for (const [place, board] of boards.entries()) {
    const { boardId, name, maker, stationId, driver, powerMeterId } = board;
    session.change(syncSql, { boardId, name, maker, stationId, driver, powerMeterId, place });
  }
}

/** Moves a board outside of claim and end; `lastError` undefined keeps the error that it has. */
export function updateBoardState(
  session: SqlSession,
  board: { readonly boardId: string; readonly state: BoardSummary['state'] },
  lastError: ErrorRecord | null | undefined,
): void {
  const parameters = {
    boardId: board.boardId,
    state: board.state,
    keepsError: lastError === undefined ? 1 : 0,
    lastError: jsonColumn(lastError ?? null),
  };
  const changedCount = session.change(stateSql, parameters);
  assert(changedCount === 1, `board ${board.boardId} cannot become ${board.state} now`);
}

/** Counts one climb of a rung. */
export function countRecovery(
  session: SqlSession,
  step: { readonly boardId: string; readonly rung: string; readonly helped: boolean },
  atMs: number,
): void {
  const { boardId, rung, helped } = step;
  session.change(recoverySql, { boardId, rung, helpedCount: helped ? 1 : 0, atMs });
}

/** Moves the deadline of a lease; false when the fence is stale. */
export function updateLease(
  session: SqlSession,
  lease: { readonly runId: string; readonly fence: number },
  untilMs: number,
): boolean {
  return session.change(renewSql, { ...lease, untilMs }) === 1;
}
