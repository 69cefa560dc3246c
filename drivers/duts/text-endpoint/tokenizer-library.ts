import * as library from '@huggingface/tokenizers';

/** A tokenizer of the library, of which we use one call. The library's own types do not resolve under Node's rules. */
export interface LibraryTokenizer {
  readonly encode: (text: string, options: { readonly add_special_tokens: boolean }) => unknown;
}

function isTokenizer(value: unknown): value is LibraryTokenizer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'encode' in value &&
    typeof value.encode === 'function'
  );
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}

/**
 * Makes a tokenizer of the content of a `tokenizer.json`.
 *
 * @throws Error when it is none
 */
export function createTokenizer(json: unknown): LibraryTokenizer {
  const constructor: unknown = Reflect.get(library, 'Tokenizer');
  if (typeof constructor !== 'function') throw new TypeError('the library has no Tokenizer');
  const made: unknown = Reflect.construct(constructor, [json, {}]);
  if (!isTokenizer(made)) throw new TypeError('the library makes another Tokenizer');
  return made;
}

/** The numbers of a text's tokens, without any that frame it. */
export function tokenIds(tokenizer: LibraryTokenizer, text: string): readonly number[] {
  const encoding = tokenizer.encode(text, { add_special_tokens: false });
  const ids: unknown =
    typeof encoding === 'object' && encoding !== null ? Reflect.get(encoding, 'ids') : undefined;
  if (!isNumbers(ids)) throw new TypeError('the library gives no token numbers');
  return ids;
}
