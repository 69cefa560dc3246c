import { expect, it } from 'vitest';

import { fill, isLanguage, languages, noteText, word } from './texts.ts';

const placeholders = (text: string): readonly string[] =>
  [...(text.match(/\{\w+\}/g) ?? [])].toSorted();

it('says everything in both languages, with the same things filled in', () => {
  const { words: _words, ...english } = languages.en;
  const chinese: ReadonlyMap<string, unknown> = new Map(Object.entries(languages['zh-TW']));
  for (const [name, text] of Object.entries(english)) {
    const other = String(chinese.get(name));
    expect(other).not.toBe('');
    expect(placeholders(other)).toStrictEqual(placeholders(text));
  }
});

it('fills in what it knows and leaves the rest', () => {
  expect(fill('{id} and {other}', { id: 'a{other}b' })).toBe('a{other}b and {other}');
});

it('looks words up, and shows those it does not know', () => {
  expect(word(languages['zh-TW'], 'inconclusive')).toBe('無法判定');
  expect(word(languages.en, 'inconclusive')).toBe('inconclusive');
  expect(word(languages.en, 'constructor')).toBe('constructor');
});

it('knows its languages', () => {
  expect(['en', 'zh-TW', 'zh', 'toString', null].map((tag) => isLanguage(tag))).toStrictEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

it('says in both languages how many more queries are needed, and leaves other notes alone', () => {
  const note = 'queries · 120 more needed';
  expect(noteText(languages.en, note)).toBe('queries · 120 more queries needed');
  expect(noteText(languages['zh-TW'], note)).toBe('queries · 還需要 120 次查詢');
  expect(noteText(languages['zh-TW'], '1 204 more queries needed')).toBe('還需要 1 204 次查詢');
  expect(noteText(languages['zh-TW'], 'P90 16 ms')).toBe('P90 16 ms');
});

it('says in both languages by what a board was brought back', () => {
  const helped = 'recovery by port-power after dut/timeout: helped';
  expect(noteText(languages.en, helped)).toBe(helped);
  expect(noteText(languages['zh-TW'], helped)).toBe(
    '因 dut/timeout 以「連接埠電源重啟」復原：有效',
  );
  expect(noteText(languages['zh-TW'], helped.replace('helped', 'did not help'))).toBe(
    '因 dut/timeout 以「連接埠電源重啟」復原：無效',
  );
});
