import { readdir, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

/** A file of the console as the browser gets it. */
export interface ConsoleFile {
  readonly contentType: string;
  readonly text: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Browsers fetch `./x.js` where the source says `./x.ts`. */
function browserModule(source: string): string {
  const stripped = stripTypeScriptTypes(source, { mode: 'strip' });
  return stripped.replaceAll(/(\bfrom\s+'\.{1,2}\/[^']+)\.ts'/g, "$1.js'");
}

/**
 * Reads the console once, at start: TypeScript loses its types and becomes `.js`; tests and settings stay out.
 *
 * @param folder - absolute path of harness/console
 * @returns by name under /console/
 * @throws SyntaxError when a file is no TypeScript that can be stripped
 */
export async function loadConsoleFiles(folder: string): Promise<ReadonlyMap<string, ConsoleFile>> {
  const files = new Map<string, ConsoleFile>();
  for (const name of await readdir(folder)) {
    const extension = name.slice(name.lastIndexOf('.'));
    const contentType = contentTypes[extension];
    if (contentType !== undefined) {
      files.set(name, { contentType, text: await readFile(join(folder, name), 'utf8') });
    } else if (extension === '.ts' && !name.endsWith('.test.ts')) {
      const text = browserModule(await readFile(join(folder, name), 'utf8'));
      const contentTypeJs = 'text/javascript; charset=utf-8';
      files.set(name.replace(/\.ts$/, '.js'), { contentType: contentTypeJs, text });
    }
  }
  return files;
}
