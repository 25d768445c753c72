import { tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { noteInt8Weights } from './kernels/int8-weights';
import { RecordedGraph } from './kernels/recorded-graph';
import { Tokenizer, type Reading } from '../tokenizers/tokenizer';
import type { EncoderFiles } from './encoder-files';
import type { EncoderSpec } from './encoder-spec';
import { AsyncGraph, needsAsync } from './execute-graph';
import { loadGraph, readJson } from './graph-loader';

/** The text half of a model, tokenizer and graph, in the backend that TensorFlow.js is using. */
export class PromptEncoder {
  private constructor(
    private readonly spec: EncoderSpec,
    private readonly tokenizer: Tokenizer,
    private readonly graph: RecordedGraph | AsyncGraph,
  ) {}

  static async load(spec: EncoderSpec, files: EncoderFiles): Promise<PromptEncoder> {
    const tokenizer = await Tokenizer.create(spec.tokenizer, readJson(files.vocabulary));
    const model = await loadGraph(files.model, files.weights);
    noteInt8Weights(model);
    const { input, output } = spec.encoder;
    // What the kernels of a loop are called on changes from step to step, so it is not recorded.
    const Graph = needsAsync(model) ? AsyncGraph : RecordedGraph;
    return new PromptEncoder(spec, tokenizer, new Graph(model, input, output));
  }

  /** int32[maxLength]: the token row of a text. */
  tokenize(text: string): Int32Array {
    return this.tokenizer.encodeRow(text);
  }

  /** What the tower reads of each text. */
  read(texts: readonly string[]): Reading[] {
    return texts.map((text) => this.tokenizer.read(text));
  }

  /** A unit row, float32[dim], for each text. */
  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const { maxLength } = this.spec.tokenizer;
    const tokens = new Int32Array(texts.length * maxLength);
    texts.forEach((text, i) => {
      tokens.set(this.tokenize(text), i * maxLength);
    });
    const input = tensor2d(tokens, [texts.length, maxLength], 'int32');
    let output: Tensor | undefined;
    try {
      output = await this.graph.execute(input);
      const rows = (await output.data()) as Float32Array;
      const dim = rows.length / texts.length;
      return texts.map((_, i) => rows.slice(i * dim, (i + 1) * dim));
    } finally {
      input.dispose();
      output?.dispose();
    }
  }

  dispose(): void {
    this.graph.dispose();
  }
}
