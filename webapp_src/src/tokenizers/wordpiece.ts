import type { WordPieceModel } from '../generated/manifest';
import { WordSplitter } from './word-splitter';

/** Turns text into piece ids exactly as a BERT tokenizer of Hugging Face's `tokenizers` does. */
export class WordPieceTokenizer {
  private readonly ids: ReadonlyMap<string, number>;
  private readonly splitter: WordSplitter;

  constructor(private readonly model: WordPieceModel) {
    this.splitter = new WordSplitter(model.characters);
    this.ids = new Map(model.pieces.map((piece, id) => [piece, id]));
  }

  /** The ids of the text's pieces, without start, end or padding. */
  encode(text: string): number[] {
    return this.splitter
      .split(text)
      .flatMap((word) => this.encodeWord(Array.from(word)) ?? [this.model.unknownId]);
  }

  /** The longest piece that fits, repeatedly; undefined if none fits or the word is too long. */
  private encodeWord(characters: readonly string[]): number[] | undefined {
    if (characters.length > this.model.maxWordLength) return undefined;
    const found: number[] = [];
    for (let start = 0; start < characters.length;) {
      const prefix = start > 0 ? this.model.prefix : '';
      let end = characters.length;
      let id: number | undefined;
      while (end > start) {
        id = this.ids.get(prefix + characters.slice(start, end).join(''));
        if (id !== undefined) break;
        end -= 1;
      }
      if (id === undefined) return undefined;
      found.push(id);
      start = end;
    }
    return found;
  }
}
