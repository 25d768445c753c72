/** Where a word is in a text, in UTF-16 units. */
export interface Word {
  readonly start: number;
  readonly end: number;
}

let segmenter: Intl.Segmenter | undefined;

/** The words of a text, in languages that put no spaces between them too; signs are none. */
export function wordsOf(text: string): Word[] {
  // Firefox has it since 2024.
  if (!('Segmenter' in Intl))
    return [...text.matchAll(/\S+/g)].map((match) => toWord(match.index, match[0]));
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ index, segment }) => toWord(index, segment));
}

function toWord(start: number, word: string): Word {
  return { start, end: start + word.length };
}
