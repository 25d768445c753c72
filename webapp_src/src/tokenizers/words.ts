import type { WordPieceModel } from '../generated/manifest';

/** Splits a text into words and signs as BERT's basic tokenizer does, in lower case without accents. */
export function splitWords(
  text: string,
  { lowerCase, stripAccents }: Pick<WordPieceModel, 'lowerCase' | 'stripAccents'>,
): string[] {
  let clean = text
    .replace(/[\0\ufffd]|(?![\t\n\r])\p{C}/gu, '')
    .replace(
      /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu,
      ' $& ',
    );
  if (stripAccents) clean = clean.normalize('NFD').replace(/\p{Mn}/gu, '');
  if (lowerCase) clean = clean.replace(/./gsu, (character) => character.toLowerCase());
  return clean.match(/[\p{P}$+<=>^`|~]|[^\s\p{P}$+<=>^`|~]+/gu) ?? [];
}
