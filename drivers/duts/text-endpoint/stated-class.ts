/** The class number that a text states first; undefined when it states none. */
export type StatedClass = (text: string) => number | undefined;

const syntaxCharacters = /[\\^$.*+?()[\]{}|/]/gu;

/**
 * Finds the names of classes as whole words, in upper or lower case. Of two that begin at one place the longer counts.
 *
 * @param classNames - by class number
 */
export function statedClassFinder(classNames: readonly string[]): StatedClass {
  const numbers = new Map(classNames.map((name, number) => [name.toLowerCase(), number]));
  const longestFirst = [...numbers.keys()].toSorted((left, right) => right.length - left.length);
  const words = longestFirst
    .map((name) => name.replace(syntaxCharacters, String.raw`\$&`))
    .join('|');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${words})(?![\\p{L}\\p{N}_])`, 'iu');
  return (text) => {
    const found = pattern.exec(text)?.[0].toLowerCase();
    return found === undefined ? undefined : numbers.get(found);
  };
}
