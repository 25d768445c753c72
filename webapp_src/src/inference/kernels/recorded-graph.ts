import type { GraphModel } from '@tensorflow/tfjs-converter';
import { backend, engine, getBackend, type Tensor } from '@tensorflow/tfjs-core';
import type { WasmBackend } from './wasm-heap';
import { Recording } from './recording';

/**
 * A graph model of one input and one output. On the wasm backend a second run on an input of some
 * shape replays the kernels of the first.
 */
export class RecordedGraph {
  private readonly recordings = new Map<string, Recording>();

  constructor(
    private readonly model: GraphModel,
    private readonly input: string,
    private readonly output: string,
  ) {}

  execute(input: Tensor): Tensor {
    if (getBackend() !== 'wasm') return this.run(input);
    const shape = input.shape.join();
    const recording = this.recordings.get(shape);
    if (recording) return engine().makeTensorFromTensorInfo(recording.replay(input));
    const wasm = backend() as unknown as WasmBackend;
    const [made, result] = Recording.make(wasm, input, () => this.run(input));
    this.recordings.set(shape, made);
    return result;
  }

  dispose(): void {
    for (const recording of this.recordings.values()) recording.dispose();
    this.recordings.clear();
    this.model.dispose();
  }

  private run(input: Tensor): Tensor {
    return this.model.execute({ [this.input]: input }, this.output) as Tensor;
  }
}
