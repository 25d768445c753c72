import { expect, it } from 'vitest';
import { foundAt } from '../../testing/fake-gallery';
import { afterSeen, asFound, inOrder } from './order';

it('has all pictures, or those of a mask, by position', () => {
  const all = inOrder(1_000_000);
  expect([all.length, all.positionAt(999_999), all.similarityAt(3)]).toEqual([
    1_000_000,
    999_999,
    undefined,
  ]);
  const some = inOrder(5, Uint8Array.of(0, 1, 0, 1, 1));
  expect([some.length, some.positionAt(0), some.positionAt(2)]).toEqual([3, 1, 4]);
  expect([all.placeOf(7), some.placeOf(3), some.placeOf(2)]).toEqual([7, 1, undefined]);
});

it('has what was found with how alike it is', () => {
  const order = asFound([foundAt(7), foundAt(3)]);
  expect([order.length, order.positionAt(1), order.similarityAt(0)]).toEqual([2, 3, 0.993]);
  expect([order.placeOf(3), order.placeOf(4)]).toEqual([1, undefined]);
});

it('leaves what was seen where it is', () => {
  const before = [5, 3, 9].map(foundAt);
  const found = [1, 9, 5, 2, 3].map(foundAt);
  const positions = afterSeen(before, 2, found).map(({ position }) => position);
  expect(positions).toEqual([5, 3, 1, 9, 2]);
});
