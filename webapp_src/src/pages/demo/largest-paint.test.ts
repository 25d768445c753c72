// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { largestPaint } from './largest-paint';

let paint: (() => void) | undefined;

class FakeObserver {
  static supportedEntryTypes = ['largest-contentful-paint'];
  constructor(callback: () => void) {
    paint = callback;
  }
  observe = vi.fn();
  disconnect = vi.fn();
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  paint = undefined;
  FakeObserver.supportedEntryTypes = ['largest-contentful-paint'];
});

function begin(): { done: boolean } {
  vi.useFakeTimers();
  vi.stubGlobal('PerformanceObserver', FakeObserver);
  const state = { done: false };
  void largestPaint().then(() => (state.done = true));
  return state;
}

it('waits until the page has loaded and painted', async () => {
  vi.spyOn(document, 'readyState', 'get').mockReturnValue('interactive');
  const state = begin();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state.done).toBe(false);
  window.dispatchEvent(new Event('load'));
  await vi.advanceTimersByTimeAsync(0);
  expect(state.done).toBe(false);
  paint?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(state.done).toBe(true);
});

it('does not wait for ever for a page that nobody sees', async () => {
  vi.spyOn(document, 'readyState', 'get').mockReturnValue('complete');
  const state = begin();
  await vi.advanceTimersByTimeAsync(3000);
  expect(state.done).toBe(true);
});

it('waits for the load alone where a browser does not tell of paints', async () => {
  vi.spyOn(document, 'readyState', 'get').mockReturnValue('complete');
  FakeObserver.supportedEntryTypes = [];
  const state = begin();
  await vi.advanceTimersByTimeAsync(0);
  expect(state.done).toBe(true);
});
