import type {
  PipelineModel,
  PipelineRef,
  SentencePieceModel,
  SentencePieceRef,
  WordPieceModel,
  WordPieceRef,
} from '../generated/manifest';
import { canonicalize } from './canonicalization';
import { CutPieces } from './cut-pieces';
import { SentencePieceTokenizer } from './sentencepiece';
import { WordPieceTokenizer } from './wordpiece';

export type TokenizerRef = SentencePieceRef | WordPieceRef | PipelineRef;

type Vocabulary = SentencePieceModel | WordPieceModel | PipelineModel;

/** What turns canonical text into the ids of its pieces. */
interface Segmenter {
  encode(text: string): number[];
}

/** Turns texts into the token rows that a tower was trained on. */
export class Tokenizer {
  private constructor(
    private readonly ref: Omit<TokenizerRef, 'file'>,
    private readonly segmenter: Segmenter,
    private readonly cut: CutPieces | undefined,
  ) {}

  /** @param vocabulary - The content of the file that `ref` names. */
  static async create(ref: Omit<TokenizerRef, 'file'>, vocabulary: unknown): Promise<Tokenizer> {
    const model = vocabulary as Vocabulary;
    // A site of an earlier version says nothing of it.
    const cut = model.cut ? new CutPieces(model.cut, model) : undefined;
    return new Tokenizer(ref, await createSegmenter(ref, vocabulary), cut);
  }

  /** Whether the text, as far as it fits into a row, uses what its vocabulary was cut of. */
  isCutShort(text: string): boolean {
    return this.cut?.areMissing(this.encode(text)) ?? false;
  }

  /** int32[maxLength]: start id, pieces, end id, padding. Both marks survive truncation. */
  encodeRow(text: string): Int32Array {
    const { maxLength, padId } = this.ref;
    const [start, end] = this.marks;
    const row = new Int32Array(maxLength).fill(padId);
    row.set([...start, ...this.encode(text), ...end]);
    return row;
  }

  /** The ids of as many pieces as fit between the marks. */
  private encode(text: string): number[] {
    const { canonicalization, maxLength } = this.ref;
    const room = maxLength - this.marks.flat().length;
    return this.segmenter.encode(canonicalize(text, canonicalization)).slice(0, room);
  }

  private get marks(): [number[], number[]] {
    const { startId, endId } = this.ref;
    return [startId === null ? [] : [startId], endId === null ? [] : [endId]];
  }
}

async function createSegmenter(
  ref: Omit<TokenizerRef, 'file'>,
  vocabulary: unknown,
): Promise<Segmenter> {
  switch (ref.kind) {
    case 'pipeline': {
      // Most sites have no use for its code.
      const { PipelineTokenizer } = await import('./pipeline/pipeline');
      return new PipelineTokenizer(vocabulary as PipelineModel);
    }
    case 'sentencepiece':
      return new SentencePieceTokenizer(vocabulary as SentencePieceModel);
    case 'wordpiece':
      return new WordPieceTokenizer(vocabulary as WordPieceModel);
  }
}
