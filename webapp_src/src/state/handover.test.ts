import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { handOver, takeOver } from './handover';

const handover = { left: [{ imageId: 'cat', texts: ['a lion'] }], find: 'snow' };
let kept: Map<string, string>;

beforeEach(() => {
  kept = new Map();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

it('hands on once', () => {
  handOver(handover);
  expect(takeOver()).toEqual(handover);
  expect(takeOver()).toBeUndefined();
});

it('goes on where storage is refused', () => {
  vi.stubGlobal('sessionStorage', undefined);
  handOver(handover);
  expect(takeOver()).toBeUndefined();
});
