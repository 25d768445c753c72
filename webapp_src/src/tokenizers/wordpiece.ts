import type { WordPieceModel } from '../generated/manifest';
import { WordSplitter } from './word-splitter';

/** How a WordPiece model spells words. */
type Spelling = Pick<WordPieceModel, 'prefix' | 'maxWordLength' | 'unknownId'>;

/** Turns text into piece ids exactly as a BERT tokenizer of Hugging Face's `tokenizers` does. */
export class WordPieceTokenizer {
  private readonly ids: ReadonlyMap<string, number>;
  private readonly splitter: WordSplitter;

  constructor(private readonly model: WordPieceModel) {
    this.splitter = new WordSplitter(model.characters);
    this.ids = indexPieces(model.pieces);
  }

  /** The ids of the text's pieces, without start, end or padding. */
  encode(text: string): number[] {
    return this.splitter.split(text).flatMap((word) => encodeWord(word, this.ids, this.model));
  }
}

/** Ids by piece; the last of equals counts. */
export function indexPieces(pieces: readonly string[]): ReadonlyMap<string, number> {
  return new Map(pieces.map((piece, id) => [piece, id]));
}

/** The longest piece that fits, repeatedly; unknown if none fits or the word is too long. */
export function encodeWord(
  word: string,
  ids: ReadonlyMap<string, number>,
  { prefix, maxWordLength, unknownId }: Spelling,
): number[] {
  const characters = Array.from(word);
  if (characters.length > maxWordLength) return [unknownId];
  const found: number[] = [];
  for (let start = 0; start < characters.length;) {
    let end = characters.length;
    let id: number | undefined;
    while (end > start) {
      id = ids.get((start > 0 ? prefix : '') + characters.slice(start, end).join(''));
      if (id !== undefined) break;
      end -= 1;
    }
    if (id === undefined) return [unknownId];
    found.push(id);
    start = end;
  }
  return found;
}
