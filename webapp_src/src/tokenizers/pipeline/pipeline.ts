import type { PipelineModel } from '../../generated/manifest';
import { SentencePieceTokenizer } from '../sentencepiece';
import { encodeWord, indexPieces } from '../wordpiece';
import { TokenCutter, type Section } from './added-tokens';
import { BpeSegmenter } from './bpe-segmenter';
import { compileSteps, type Rewrite } from './text-steps';
import { UnigramSegmenter } from './unigram-segmenter';
import { compileWordSteps, type WordRewrite } from './word-steps';

/** Ids of a word's pieces. */
type Encode = (word: string) => number[];

/** A tokenizer in steps, with the ids of Hugging Face's `tokenizers` or of open_clip. */
export class PipelineTokenizer {
  private readonly clean: Rewrite;
  private readonly cutAdded: TokenCutter;
  private readonly normalize: Rewrite;
  private readonly cutNormalized: TokenCutter;
  private readonly splitWords: WordRewrite;
  private readonly encodeWord: Encode;

  constructor(model: PipelineModel) {
    const spaces = model.classes['strip'] ?? [];
    this.clean = compileSteps(model.clean, model);
    this.cutAdded = new TokenCutter(model.added, spaces);
    this.normalize = compileSteps(model.normalizer, model);
    this.cutNormalized = new TokenCutter(model.addedNormalized, spaces);
    this.splitWords = compileWordSteps(model.preTokenizer, model.classes);
    this.encodeWord = createSegmenter(model);
  }

  /** The ids of the text's pieces, without start, end or padding. */
  encode(text: string): number[] {
    return this.cutAdded
      .cut(this.clean(text, true), true)
      .flatMap((section) => this.visit(section));
  }

  private visit(section: Section): number[] {
    if (typeof section === 'number') return [section];
    const normalized = this.normalize(section.text, section.atStart);
    return this.cutNormalized.cut(normalized, section.atStart).flatMap((part) => {
      if (typeof part === 'number') return [part];
      return this.splitWords([part.text], part.atStart).flatMap(this.encodeWord);
    });
  }
}

function createSegmenter({ pieces, segmenter }: PipelineModel): Encode {
  switch (segmenter.algorithm) {
    case 'bpe': {
      const bpe = new BpeSegmenter(pieces, segmenter);
      return (word) => bpe.encode(word);
    }
    case 'unigram': {
      const unigram = new UnigramSegmenter(pieces, segmenter);
      return (word) => unigram.encode(word);
    }
    case 'wordpiece': {
      const ids = indexPieces(pieces);
      return (word) => encodeWord(word, ids, segmenter);
    }
    case 'sentencepiece': {
      const inner = new SentencePieceTokenizer({ ...segmenter.model, pieces });
      return (word) => inner.encode(segmenter.before + word).slice(segmenter.skipped);
    }
  }
}
