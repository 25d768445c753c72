import type { SentencePieceModel } from '../generated/manifest';
import { segmentBpe } from './bpe';
import { Normalizer } from './normalizer';
import { segmentUnigram } from './unigram';
import { Vocabulary } from './vocabulary';

const SEGMENTERS = { bpe: segmentBpe, unigram: segmentUnigram };

/** Turns text into piece ids exactly as sentencepiece's `encode` does. */
export class SentencePieceTokenizer {
  private readonly vocabulary: Vocabulary;
  private readonly normalizer: Normalizer;

  constructor(private readonly model: SentencePieceModel) {
    this.vocabulary = new Vocabulary(model);
    this.normalizer = new Normalizer(model, this.vocabulary.userDefined);
  }

  /** The ids of the text's pieces, without end token or padding. */
  encode(text: string): number[] {
    const segment = SEGMENTERS[this.model.algorithm];
    const ids: number[] = [];
    let afterUnknown = false;
    for (const piece of segment(this.normalizer.normalize(text), this.vocabulary)) {
      const id = this.vocabulary.find(piece);
      if (id !== undefined) ids.push(id);
      else if (this.model.byteFallback) ids.push(...this.encodeBytes(piece));
      else if (!afterUnknown) ids.push(this.model.unknownId);
      afterUnknown = id === undefined;
    }
    return ids;
  }

  private encodeBytes(piece: string): number[] {
    return Array.from(new TextEncoder().encode(piece), (byte) => this.vocabulary.byteId(byte));
  }
}
