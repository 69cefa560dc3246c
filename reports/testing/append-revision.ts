import { openPdf } from '../signing/pades/pdf-file.ts';

/**
 * Appends a revision that replaces one object, as an attacker does who cannot sign: every old byte stays.
 *
 * @param body - what stands between `obj` and `endobj`
 */
export function appendRevision(pdf: Uint8Array, objectNumber: number, body: string): Uint8Array {
  const file = openPdf(pdf);
  const trailer = file.text.slice(file.trailer.start, file.trailer.end);
  const chained = trailer.replace(/\/Prev \d+/, `/Prev ${file.xrefOffset}`);
  const object = `${objectNumber} 0 obj\n${body}\nendobj\n`;
  const entry = `${String(pdf.length).padStart(10, '0')} 00000 n \n`;
  const xrefOffset = pdf.length + object.length;
  const table = `xref\n${objectNumber} 1\n${entry}trailer\n${chained}\n`;
  const revision = `${object}${table}startxref\n${xrefOffset}\n%%EOF\n`;
  return Buffer.concat([pdf, Buffer.from(revision, 'latin1')]);
}
