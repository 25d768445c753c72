import type { Found } from '../../inference/gallery/gallery-search';

/** Pictures in the order in which they are shown. */
export interface Order {
  readonly length: number;
  /** The position in the gallery of the picture at a place of the order. */
  positionAt(place: number): number;
  /** The place of the picture at a position; undefined if it is not in the order. */
  placeOf(position: number): number | undefined;
  /** How alike a picture is to what was looked for; undefined if nothing was. */
  similarityAt(place: number): number | undefined;
}

/** All pictures of a gallery, or those of a mask, by their position. */
export function inOrder(pictures: number, mask?: Uint8Array): Order {
  const similarityAt = (): undefined => undefined;
  if (!mask) {
    const same = (number: number): number => number;
    return { length: pictures, positionAt: same, placeOf: same, similarityAt };
  }
  const positions = positionsOf(mask);
  return {
    length: positions.length,
    positionAt: (place) => positions[place] ?? NaN,
    placeOf: (position) => knownPlace(positions.indexOf(position)),
    similarityAt,
  };
}

function positionsOf(mask: Uint8Array): Uint32Array {
  const positions = new Uint32Array(mask.length);
  let count = 0;
  mask.forEach((wanted, position) => {
    if (wanted) positions[count++] = position;
  });
  return positions.slice(0, count);
}

/** An index as functions of arrays give it, that is -1 for what is not there. */
function knownPlace(index: number): number | undefined {
  return index < 0 ? undefined : index;
}

/** What was found, the best first. */
export function asFound(found: readonly Found[]): Order {
  return {
    length: found.length,
    positionAt: (place) => found[place]?.position ?? NaN,
    placeOf: (position) => knownPlace(found.findIndex((each) => each.position === position)),
    similarityAt: (place) => found[place]?.similarity,
  };
}

/** What is found, but after what was found before and has been seen, which stays where it is. */
export function afterSeen(
  before: readonly Found[],
  seen: number,
  found: readonly Found[],
): readonly Found[] {
  const kept = before.slice(0, seen);
  const positions = new Set(kept.map(({ position }) => position));
  return [...kept, ...found.filter(({ position }) => !positions.has(position))];
}
