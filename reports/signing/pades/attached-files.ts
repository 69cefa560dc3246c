import {
  asDictionary,
  asItems,
  pdfEntry,
  rawText,
  resolvePdf,
  streamBytes,
  type PdfFile,
} from './pdf-file.ts';

/**
 * The files attached to a PDF, by name: those of the flat name tree that our reports have.
 *
 * @throws LabError evidence/unreadable
 */
export function attachedFiles(file: PdfFile): ReadonlyMap<string, Uint8Array> {
  const catalog = asDictionary(pdfEntry(file, file.trailer, 'Root'));
  const names = asDictionary(pdfEntry(file, catalog, 'Names'));
  const tree = asDictionary(pdfEntry(file, names, 'EmbeddedFiles'));
  const pairs = asItems(pdfEntry(file, tree, 'Names'));
  const files = new Map<string, Uint8Array>();
  for (const [place, node] of pairs.entries()) {
    if (place % 2 === 0) continue;
    const specification = asDictionary(resolvePdf(file, node));
    const embedded = asDictionary(pdfEntry(file, specification, 'EF'));
    const name = rawText(file, pdfEntry(file, specification, 'UF')).slice(1, -1);
    files.set(name, streamBytes(file, asDictionary(pdfEntry(file, embedded, 'F'))));
  }
  return files;
}
