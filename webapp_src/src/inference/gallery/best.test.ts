import { expect, it } from 'vitest';
import { Best } from './best';

it('keeps the best of any order, equal ones in the order of their positions', () => {
  const similarities = Array.from({ length: 500 }, (_, i) => ((i * 7919) % 251) / 251);
  const best = new Best(40);
  similarities.forEach((similarity, position) => {
    best.add(position, similarity);
  });
  const sorted = similarities
    .map((similarity, position) => ({ position, similarity }))
    .sort((a, b) => b.similarity - a.similarity || a.position - b.position);
  const found = best.list();
  expect(found.map(({ similarity }) => similarity)).toEqual(
    sorted.slice(0, 40).map(({ similarity }) => similarity),
  );
  expect(found.slice(0, 38)).toEqual(sorted.slice(0, 38));
});

it('has as many as there are, where they are fewer than are wanted', () => {
  const best = new Best(3);
  best.add(7, 0.5);
  expect(best.least).toBe(-Infinity);
  expect(best.list()).toEqual([{ position: 7, similarity: 0.5 }]);
});

it('of none is empty', () => {
  const best = new Best(0);
  best.add(1, 1);
  expect(best.list()).toEqual([]);
});
