import type { GraphModel } from '@tensorflow/tfjs-converter';

const marked = new WeakSet();

/**
 * Notes which weights of a graph model are codes from -127 to 127 with which products are to be done in
 * integers. The graph multiplies what comes out by a scale for each column, so it computes the same,
 * more exactly and slowly, where no kernel looks at the notes.
 *
 * @param names The weights, by default those that the model says.
 * @returns Whether there are any.
 */
export function noteInt8Weights(model: GraphModel, names = productsOf(model)): boolean {
  for (const { dataId } of Object.values(model.weights).flat()) marked.delete(dataId);
  for (const { dataId } of names.flatMap((name) => model.weights[name] ?? [])) marked.add(dataId);
  return names.length > 0;
}

function productsOf(model: GraphModel): readonly string[] {
  const metadata = model.metadata as { integerProducts?: readonly string[] } | undefined;
  return metadata?.integerProducts ?? [];
}

/** Whether a tensor's data was noted. */
export function isInt8(dataId: object): boolean {
  return marked.has(dataId);
}
