import { randomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

function base32(value: number, digits: number): string {
  let rest = value;
  let text = '';
  for (let digit = 0; digit < digits; digit += 1) {
    text = `${alphabet.charAt(rest % 32)}${text}`;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * A lab-scoped id that sorts by time: `run-demo-01jd…`. Ten base-32 digits of UTC milliseconds, eight of chance.
 *
 * @param prefix - what it names: `job`, `run`
 * @param labId - the lab that made it, so that ids of many labs never meet
 */
export function sortableId(prefix: string, labId: string, utcMs: number): string {
  const chance = [...randomBytes(8)].map((byte) => alphabet.charAt(byte % 32)).join('');
  return `${prefix}-${labId}-${base32(utcMs, 10)}${chance}`;
}
