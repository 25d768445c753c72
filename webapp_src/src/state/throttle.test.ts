import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { throttle } from './throttle';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('acts at once, and not too soon again', () => {
  const times: number[] = [];
  const start = performance.now();
  const act = throttle(100, () => times.push(performance.now() - start));
  for (let i = 0; i < 10; i++) {
    act();
    vi.advanceTimersByTime(40);
  }
  expect(times).toEqual([0, 120, 240, 360]);
});
