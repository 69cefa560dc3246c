/** What the report's fonts hold for certain: Latin, Greek, Cyrillic, and the signs that we use. */
const covered =
  /[\n\u0020-\u007E\u00A0-\u017F\u0391-\u03C9\u0410-\u044F\u2013\u2014\u2018\u2019\u201C\u201D\u2022\u2026\u20AC\u2122\u2192\u2212\u2248\u2264\u2265]/u;

/**
 * The text with every character that the report's fonts lack written as its code point, `[U+5BE6]`: a reader sees
 * that something stands there and which, never an empty box.
 */
export function printableText(text: string): string {
  return Array.from(text, (character) => {
    if (covered.test(character)) return character;
    const codePoint = character.codePointAt(0) ?? 0;
    return `[U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`;
  }).join('');
}
