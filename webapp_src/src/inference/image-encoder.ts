import { tensor4d, type Tensor } from '@tensorflow/tfjs-core';
import type { ImageEncoder } from '../generated/manifest';
import { AsyncGraph, needsAsync } from './execute-graph';
import { loadGraph } from './graph-loader';
import type { ImageEncoderFiles } from './image-encoder-files';
import { noteInt8Weights } from './kernels/int8-weights';
import { RecordedGraph } from './kernels/recorded-graph';
import { makePattern } from './pictures/pattern';
import { cosine, requireUnitRows } from './scoring';

/** How close the row of the pattern must be to the builder's, whose weights may have more bits. */
const MIN_COSINE = 0.999;

/** The image half of a model, in the backend that TensorFlow.js is using. */
export class PictureEncoder {
  private constructor(
    private readonly graph: RecordedGraph | AsyncGraph,
    private readonly size: number,
  ) {}

  static async load(encoder: ImageEncoder, files: ImageEncoderFiles): Promise<PictureEncoder> {
    const model = await loadGraph(files.model, files.weights);
    noteInt8Weights(model);
    const { input, output } = encoder.graph;
    const Graph = needsAsync(model) ? AsyncGraph : RecordedGraph;
    return new PictureEncoder(new Graph(model, input, output), encoder.preparation.size);
  }

  /** @throws Error with a sentence if the encoder does not reproduce what the builder computed. */
  async verify(golden: Float32Array): Promise<void> {
    const row = await this.embed(makePattern(this.size));
    // The negation also refuses NaN.
    if (!(cosine(row, golden) >= MIN_COSINE)) {
      throw new Error('This browser’s embedding of a picture differs from the builder’s.');
    }
  }

  /** The unit row, float32[dim], of uint8[size, size, 3]. */
  async embed(pixels: Uint8Array): Promise<Float32Array> {
    const input = tensor4d(Float32Array.from(pixels), [1, this.size, this.size, 3]);
    let output: Tensor | undefined;
    try {
      output = await this.graph.execute(input);
      const [row] = requireUnitRows([(await output.data()) as Float32Array]);
      if (!row) throw new Error('The encoder returned no row.');
      return row;
    } finally {
      input.dispose();
      output?.dispose();
    }
  }
}
