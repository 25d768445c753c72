import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { handOver, takeOver } from './handover';

const handover = {
  fragment: '#v=1&image=owl',
  left: [{ imageId: 'cat', texts: ['a lion'] }],
  find: 'snow',
};
let kept: Map<string, string>;
let navigation: string;

beforeEach(() => {
  kept = new Map();
  navigation = 'reload';
  vi.stubGlobal('location', { pathname: '/demo/' });
  vi.stubGlobal('performance', { getEntriesByType: () => [{ type: navigation }] });
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

it.each(['back_forward', 'reload'])('hands on to a page that was loaded by %s', (type) => {
  navigation = type;
  handOver(handover);
  expect(takeOver()).toEqual(handover);
});

it('leaves a link that was opened to say what it shows', () => {
  handOver(handover);
  navigation = 'navigate';
  expect(takeOver()).toBeUndefined();
});

it('keeps the pages of a host apart', () => {
  handOver(handover);
  vi.stubGlobal('location', { pathname: '/other/' });
  expect(takeOver()).toBeUndefined();
});

it('goes on where storage is refused', () => {
  vi.stubGlobal('sessionStorage', undefined);
  handOver(handover);
  expect(takeOver()).toBeUndefined();
});
