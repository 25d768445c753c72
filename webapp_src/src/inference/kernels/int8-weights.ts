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
export function noteInt8Weights(
  model: GraphModel,
  names = integerProducts(model.metadata),
): boolean {
  for (const { dataId } of Object.values(model.weights).flat()) marked.delete(dataId);
  for (const { dataId } of names.flatMap((name) => model.weights[name] ?? [])) marked.add(dataId);
  return names.length > 0;
}

/** The weights whose products a model says are to be done in integers. */
export function integerProducts(metadata: object | undefined): readonly string[] {
  return (metadata as { integerProducts?: readonly string[] } | undefined)?.integerProducts ?? [];
}

/** Whether a tensor's data was noted. */
export function isInt8(dataId: object): boolean {
  return marked.has(dataId);
}
