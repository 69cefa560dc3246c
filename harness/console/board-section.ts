import type { BoardSummary } from '#harness/contracts/records/job-record.ts';

import { element } from './element.ts';
import { fill, word, type Texts } from './texts.ts';

/** The colour that goes with a state or health word. */
const tones: Readonly<Record<string, string>> = {
  free: 'good',
  leased: 'good',
  good: 'good',
  recovering: 'warn',
  unknown: 'warn',
  suspect: 'bad',
  unsafe: 'bad',
};

function toneOf(name: string): string {
  return tones[name] ?? 'quiet';
}

/** By which rungs the board was ever brought back, and how often that helped. */
function recoveryText(recovery: BoardSummary['recovery'], texts: Texts): string {
  const rungs = recovery.map(({ rung, triedCount, helpedCount }) =>
    fill(texts.rungUsed, {
      rung: word(texts, rung),
      tried: String(triedCount),
      helped: String(helpedCount),
    }),
  );
  return fill(texts.recovery, { rungs: rungs.join(' · ') });
}

function boardCard(board: BoardSummary, texts: Texts): HTMLElement {
  const { boardId, name, maker, state, health, stationId, powerMeterId, lastError, recovery } =
    board;
  const about = [boardId, maker, fill(texts.station, { id: stationId })];
  if (powerMeterId !== null) about.push(fill(texts.powerMeter, { id: powerMeterId }));
  const lines = [
    element('p', {}, element('strong', {}, name)),
    element('p', { class: `state ${toneOf(state)}` }, word(texts, state)),
    element('p', { class: toneOf(health) }, fill(texts.health, { word: word(texts, health) })),
    element('p', { class: 'quiet' }, about.join(' · ')),
  ];
  if (lastError !== null) {
    const code = fill(texts.lastError, { code: lastError.code });
    lines.push(element('p', { class: 'warn', title: lastError.remedy }, code));
  }
  if (recovery.length > 0)
    lines.push(element('p', { class: 'quiet' }, recoveryText(recovery, texts)));
  const edge = state === 'free' || state === 'leased' ? toneOf(health) : toneOf(state);
  return element('li', { class: `board edge-${edge}` }, ...lines);
}

/** Every board with state and health in words, large enough to read from across the room. */
export function boardSection(boards: readonly BoardSummary[], texts: Texts): Node[] {
  const title = element('h2', { id: 'boards-title' }, texts.boards);
  if (boards.length === 0) return [title, element('p', { class: 'quiet' }, texts.noBoards)];
  const cards = boards.map((board) => boardCard(board, texts));
  return [title, element('ul', { class: 'boards' }, ...cards)];
}
