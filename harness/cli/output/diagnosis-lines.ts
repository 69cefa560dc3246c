import type { BoardDiagnosis } from '#harness/app/doctor/board-diagnosis.ts';

const bytesPerLine = 16;

function hexLine(bytes: Uint8Array, first: number): string {
  const part = bytes.subarray(first, first + bytesPerLine);
  const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = Array.from(part, (byte) =>
    byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.',
  ).join('');
  const place = first.toString(16).padStart(4, '0');
  return `    ${place}  ${hex.padEnd(bytesPerLine * 3 - 1)}  ${text}`;
}

function receivedLines({ receivedByteCount, receivedHex }: BoardDiagnosis): string[] {
  if (receivedByteCount === 0) return ['  received  nothing'];
  const bytes = Buffer.from(receivedHex, 'hex');
  const cut = bytes.length < receivedByteCount ? `, the first ${bytes.length}` : '';
  const firsts = Array.from(
    { length: Math.ceil(bytes.length / bytesPerLine) },
    (_, line) => line * bytesPerLine,
  );
  return [
    `  received  ${receivedByteCount} bytes${cut}`,
    ...firsts.map((first) => hexLine(bytes, first)),
  ];
}

function speedLines({ triedBaudRates, answersAtBaudRate }: BoardDiagnosis): string[] {
  if (triedBaudRates === undefined) return [];
  const tried = triedBaudRates.join(', ');
  return answersAtBaudRate === undefined
    ? [`  speeds    no answer at ${tried} either`]
    : [`  speeds    tried ${tried}: it answers at ${answersAtBaudRate}`];
}

/**
 * What a board sent and what it should have sent, for a terminal. Pure.
 *
 * @param remedy - what to do about it
 */
export function diagnosisLines(diagnosis: BoardDiagnosis, remedy: string): string {
  const { boardId, path, baudRate, sent, expected } = diagnosis;
  return [
    `board ${boardId} at ${path}, ${baudRate} baud`,
    `  sent      ${sent}`,
    `  expected  ${expected}`,
    ...receivedLines(diagnosis),
    ...speedLines(diagnosis),
    `  remedy    ${remedy}`,
  ].join('\n');
}
