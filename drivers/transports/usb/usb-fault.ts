/** What a refusal of the `usb` package means. */
export type UsbFault =
  | 'cancelled'
  | 'stalled'
  | 'disconnected'
  | 'busy'
  | 'denied'
  | 'absent'
  | 'failed';

const faultWords: readonly (readonly [RegExp, UsbFault])[] = [
  [/\bCancelled\b|transfer was cancelled/, 'cancelled'],
  [/\bStall(ed)?\b/i, 'stalled'],
  [/disconnected|errno 19\b/i, 'disconnected'],
  [/\bbusy\b|already in use|errno 16\b/i, 'busy'],
  [/permission denied|not permitted|errno (1|13)\b/i, 'denied'],
  [/device not found|no such (file|device)|errno 2\b/i, 'absent'],
];

/** The package's sentence, for messages and details. */
export function usbWords(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * Sorts a rejection of the `usb` package 3.1. It gives one sentence and no code, so this is the one place that looks
 * at words; what it does not know is `failed`.
 */
export function usbFault(cause: unknown): UsbFault {
  const words = usbWords(cause);
  return faultWords.find(([pattern]) => pattern.test(words))?.[1] ?? 'failed';
}
