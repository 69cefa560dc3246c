import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** A file's text without line end; undefined where it cannot be read now (ENODATA, EAGAIN, EIO, no right, not there). */
export async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'latin1').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** A file that holds one number; undefined where it cannot be read now or holds none. */
export async function readNumber(file: string): Promise<number | undefined> {
  const text = await readText(file);
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** Names in a folder that match, in the order of their numbers; none where there is no folder. */
export async function listNames(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => pattern.test(name))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The last part of where a link leads: the device behind a class entry. */
export async function linkedName(link: string): Promise<string | undefined> {
  return readlink(link).then(
    (target) => basename(target),
    () => undefined,
  );
}
