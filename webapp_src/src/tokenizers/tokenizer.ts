import type {
  PipelineModel,
  PipelineRef,
  SentencePieceModel,
  SentencePieceRef,
  WordPieceModel,
  WordPieceRef,
} from '../generated/manifest';
import { canonicalize } from './canonicalization';
import { SentencePieceTokenizer } from './sentencepiece';
import { WordPieceTokenizer } from './wordpiece';

export type TokenizerRef = SentencePieceRef | WordPieceRef | PipelineRef;

/** What turns canonical text into the ids of its pieces. */
interface Segmenter {
  encode(text: string): number[];
}

/** Turns texts into the token rows that a tower was trained on. */
export class Tokenizer {
  private constructor(
    private readonly ref: Omit<TokenizerRef, 'file'>,
    private readonly segmenter: Segmenter,
  ) {}

  /** @param vocabulary - The content of the file that `ref` names. */
  static async create(ref: Omit<TokenizerRef, 'file'>, vocabulary: unknown): Promise<Tokenizer> {
    switch (ref.kind) {
      case 'pipeline': {
        // Most sites have no use for its code.
        const { PipelineTokenizer } = await import('./pipeline/pipeline');
        return new Tokenizer(ref, new PipelineTokenizer(vocabulary as PipelineModel));
      }
      case 'sentencepiece':
        return new Tokenizer(ref, new SentencePieceTokenizer(vocabulary as SentencePieceModel));
      case 'wordpiece':
        return new Tokenizer(ref, new WordPieceTokenizer(vocabulary as WordPieceModel));
    }
  }

  /** int32[maxLength]: start id, pieces, end id, padding. Both marks survive truncation. */
  encodeRow(text: string): Int32Array {
    const { canonicalization, maxLength, startId, endId, padId } = this.ref;
    const start = startId === null ? [] : [startId];
    const end = endId === null ? [] : [endId];
    const pieces = this.segmenter.encode(canonicalize(text, canonicalization));
    const room = maxLength - start.length - end.length;
    const row = new Int32Array(maxLength).fill(padId);
    row.set([...start, ...pieces.slice(0, room), ...end]);
    return row;
  }
}
