import type { SeededRandom } from '#suites/datasets/seeded-random.ts';

/** The classes, by class number: the words that the questions may be answered with. */
export const questionClassNames = [
  'yes',
  'no',
  'even',
  'odd',
  'red',
  'blue',
  'hot',
  'cold',
] as const;

/** A word that answers a question. */
export type AnswerWord = (typeof questionClassNames)[number];

/** A question, what may be answered, and what a right answer looks like. */
export interface Question {
  readonly text: string;
  /** In the order in which they are offered. */
  readonly choices: readonly AnswerWord[];
  readonly reason: string;
}

const people = ['Anna', 'Ben', 'Clara', 'David', 'Emma', 'Felix', 'Grace', 'Henry', 'Ida', 'Jack'];
const things = ['hat', 'ball', 'car', 'cup', 'bag', 'kite', 'pencil', 'chair', 'door', 'lamp'];
const coldWords = ['icy', 'freezing', 'frosty', 'chilly', 'frozen', 'wintry'];
const hotWords = ['boiling', 'burning', 'scorching', 'sizzling', 'roasting', 'blazing'];
/** Numbers are below this; some are one token, some several. */
const numberCount = 10_000;

function pick<T>(of: readonly T[], random: SeededRandom): T {
  const value = of[random.below(of.length)];
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
}

/** Two different members. */
function pickTwo<T>(of: readonly T[], random: SeededRandom): readonly [T, T] {
  const first = pick(of, random);
  const others = of.filter((value) => value !== first);
  return [first, pick(others, random)];
}

function inChanceOrder<T>(pair: readonly [T, T], random: SeededRandom): readonly [T, T] {
  return random.chance(0.5) ? pair : [pair[1], pair[0]];
}

function comparison(answer: 'yes' | 'no', random: SeededRandom): Question {
  const lower = random.below(numberCount - 1);
  const higher = lower + 1 + random.below(numberCount - 1 - lower);
  const isGreater = random.chance(0.5);
  const [left, right] = isGreater === (answer === 'yes') ? [higher, lower] : [lower, higher];
  const relation = isGreater ? 'greater' : 'smaller';
  return {
    text: `Is ${left} ${relation} than ${right}?`,
    choices: inChanceOrder(['yes', 'no'], random),
    reason: `${left} is ${answer === 'yes' ? '' : 'not '}${relation} than ${right}`,
  };
}

function parity(answer: 'even' | 'odd', random: SeededRandom): Question {
  const value = 2 * random.below(numberCount / 2) + (answer === 'odd' ? 1 : 0);
  return {
    text: `What kind of number is ${value}?`,
    choices: inChanceOrder(['even', 'odd'], random),
    reason: `${value} divided by 2 leaves ${value % 2}`,
  };
}

function colour(answer: 'red' | 'blue', random: SeededRandom): Question {
  const [asked, other] = pickTwo(people, random);
  const thing = pick(things, random);
  const otherColour = answer === 'red' ? 'blue' : 'red';
  const [first, second] = inChanceOrder(
    [`${asked} has a ${answer} ${thing}`, `${other} has a ${otherColour} ${thing}`],
    random,
  );
  return {
    text: `${first} and ${second}. Which colour is the ${thing} of ${asked}?`,
    choices: inChanceOrder(['red', 'blue'], random),
    reason: `${asked} has the ${answer} ${thing}`,
  };
}

function opposite(answer: 'hot' | 'cold', random: SeededRandom): Question {
  const word = pick(answer === 'hot' ? coldWords : hotWords, random);
  const thing = pick(things, random);
  return {
    text: `The ${thing} of ${pick(people, random)} is ${word}. What is the opposite of ${word}?`,
    choices: inChanceOrder(['hot', 'cold'], random),
    reason: `${word} means ${answer === 'hot' ? 'cold' : 'hot'}`,
  };
}

/** A question that this word answers, everything else about it drawn by chance. */
export function questionFor(answer: AnswerWord, random: SeededRandom): Question {
  switch (answer) {
    case 'yes':
    case 'no':
      return comparison(answer, random);
    case 'even':
    case 'odd':
      return parity(answer, random);
    case 'red':
    case 'blue':
      return colour(answer, random);
    case 'hot':
    case 'cold':
      return opposite(answer, random);
  }
}
