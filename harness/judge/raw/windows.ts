import { Type } from 'typebox';
import { Value } from 'typebox/value';

import type { InferenceWindow } from '#harness/contracts/dut.ts';

import { parsedJson, textOf } from './json-text.ts';
import { unreadable } from './unreadable.ts';

/** Where the throughput windows lie in a bundle. */
export const windowsFile = 'raw/windows.json';

/** The content of `raw/windows.json`: instants in nanoseconds on the run clock. */
export const WindowsSchema = Type.Array(
  Type.Object(
    {
      inferenceCount: Type.Integer({ minimum: 1 }),
      startedAtNs: Type.Number({ minimum: 0 }),
      endedAtNs: Type.Number({ minimum: 0 }),
      deviceDurationNs: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    },
    { additionalProperties: false },
  ),
);

/** The bytes of `raw/windows.json`. */
export function encodeWindows(windows: readonly InferenceWindow[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(windows)}\n`);
}

/**
 * Reads `raw/windows.json`.
 *
 * @throws LabError evidence/unreadable naming the window that is wrong
 */
export function decodeWindows(bytes: Uint8Array): InferenceWindow[] {
  const value = parsedJson(textOf(bytes, windowsFile), windowsFile);
  if (!Value.Check(WindowsSchema, value)) {
    const [first] = Value.Errors(WindowsSchema, value);
    throw unreadable(windowsFile, `${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`);
  }
  for (const [index, window] of value.entries()) {
    if (window.endedAtNs <= window.startedAtNs)
      throw unreadable(windowsFile, `window ${index} ends before it starts`);
  }
  return value;
}

/** How long a window lasted in nanoseconds: by the device's own timer, else by the edges that the harness saw. */
export function windowDurationNs(window: InferenceWindow): number {
  return window.deviceDurationNs ?? window.endedAtNs - window.startedAtNs;
}
