import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/**
 * Whether a model has loops or branches, which only `executeAsync()` can run. `execute()` runs all
 * others, and sooner.
 */
export function needsAsync(model: GraphModel): boolean {
  return (model.metadata as { needsAsync?: boolean } | undefined)?.needsAsync === true;
}

/** The outputs of a graph model by their names, in order. */
export async function executeGraph(
  model: GraphModel,
  inputs: NamedTensorMap,
  names: readonly string[],
): Promise<Tensor[]> {
  const outputs = [...names];
  return needsAsync(model)
    ? [await model.executeAsync(inputs, outputs)].flat()
    : [model.execute(inputs, outputs)].flat();
}

/** A graph model of one input and one output that needs `executeAsync()`. */
export class AsyncGraph {
  constructor(
    private readonly model: GraphModel,
    private readonly input: string,
    private readonly output: string,
  ) {}

  async execute(input: Tensor): Promise<Tensor> {
    return (await this.model.executeAsync({ [this.input]: input }, this.output)) as Tensor;
  }

  dispose(): void {
    this.model.dispose();
  }
}
