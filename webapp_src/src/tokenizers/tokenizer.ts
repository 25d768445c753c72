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
import { wordsOf } from './words';

export type TokenizerRef = SentencePieceRef | WordPieceRef | PipelineRef;

type Vocabulary = SentencePieceModel | WordPieceModel | PipelineModel;

/** What turns canonical text into the ids of its pieces. */
interface Segmenter {
  encode(text: string): number[];
}

/** What a tower reads of a text, which may be less than somebody wrote. */
export interface Reading {
  /** Whether the text, as far as it is read, uses what its vocabulary was cut of. */
  readonly cutShort: boolean;
  /** Where the first word begins that does not fit into a row whole; undefined if all do. */
  readonly unreadFrom: number | undefined;
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

  read(text: string): Reading {
    return {
      cutShort: this.cut?.areMissing(this.encode(text)) ?? false,
      unreadFrom: this.segment(text).length > this.room ? this.findUnread(text) : undefined,
    };
  }

  /** int32[maxLength]: start id, pieces, end id, padding. Both marks survive truncation. */
  encodeRow(text: string): Int32Array {
    const { maxLength, padId } = this.ref;
    const [start, end] = this.marks;
    const row = new Int32Array(maxLength).fill(padId);
    row.set([...start, ...this.encode(text), ...end]);
    return row;
  }

  private findUnread(text: string): number | undefined {
    const fits = (beginning: string): boolean => this.segment(beginning).length <= this.room;
    return wordsOf(text).find(({ end }) => !fits(text.slice(0, end)))?.start;
  }

  /** The ids of as many pieces as fit between the marks. */
  private encode(text: string): number[] {
    return this.segment(text).slice(0, this.room);
  }

  private segment(text: string): number[] {
    return this.segmenter.encode(canonicalize(text, this.ref.canonicalization));
  }

  /** How many pieces fit between the marks. */
  private get room(): number {
    return this.ref.maxLength - this.marks.flat().length;
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
