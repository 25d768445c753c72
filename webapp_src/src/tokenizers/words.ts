/** Where a word is in a text, in UTF-16 units. */
export interface Word {
  readonly start: number;
  readonly end: number;
}

let segmenter: Intl.Segmenter | undefined;

/** The words of a text, in languages that put no spaces between them too; signs are none. */
export function wordsOf(text: string): Word[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ index, segment }) => ({ start: index, end: index + segment.length }));
}
