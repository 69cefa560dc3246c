import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

/** The code of a system error, empty when it has none. */
function systemCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The path with what it links to, for messages: `/dev/board-a (/dev/ttyACM3)`. */
async function describePath(path: string): Promise<string> {
  try {
    const target = await realpath(path);
    return target === path ? path : `${path} (${target})`;
  } catch {
    // A path that leads nowhere is named as it stands.
    return path;
  }
}

/**
 * Why this path cannot be a serial port, or undefined when it may be one. Opens nothing, so it moves no modem line.
 */
export async function serialPathError(path: string): Promise<LabError | undefined> {
  const named = await describePath(path);
  try {
    const found = await stat(path);
    // A plain file may be a port that FUSE serves; opening it tells, by its line settings.
    if (!found.isCharacterDevice() && !found.isFile()) {
      return labError('serial/not-a-tty', `${named} is no character device`, { details: { path } });
    }
    await access(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'EACCES' || code === 'EPERM') {
      return labError('serial/denied', `no permission to open ${named}`, {
        details: { path },
        cause,
      });
    }
    return labError('serial/path-absent', `there is no serial device ${named}`, {
      details: { path, reason: code },
      cause,
    });
  }
}

/**
 * What a refusal of the serialport package means. The package gives one sentence with strerror in it and no code,
 * so this is the one place that looks at words.
 */
export async function serialOpenError(path: string, cause: unknown): Promise<LabError> {
  const pathError = await serialPathError(path);
  if (pathError !== undefined) return pathError;
  const named = await describePath(path);
  const words = cause instanceof Error ? cause.message : String(cause);
  const options = { details: { path, words }, cause };
  if (/lock|busy/i.test(words)) {
    return labError('serial/busy', `another program holds ${named}`, options);
  }
  if (/inappropriate ioctl/i.test(words)) {
    return labError('serial/not-a-tty', `${named} is a device but no terminal`, options);
  }
  if (/permission denied|not permitted/i.test(words)) {
    return labError('serial/denied', `no permission to open ${named}`, options);
  }
  return labError('serial/open-failed', `${named} could not be opened: ${words}`, options);
}
