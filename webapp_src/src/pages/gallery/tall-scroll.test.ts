import { describe, expect, it } from 'vitest';
import { TallScroll } from './tall-scroll';

const SCREEN = 800;

describe('a box that is tall enough', () => {
  it('scrolls as its content does', () => {
    const scroll = new TallScroll(50_000, SCREEN);
    expect(scroll.height).toBe(50_000);
    for (const top of [0, 100, 49_200, 10]) {
      expect(scroll.follow(top)).toBeUndefined();
      expect(scroll.contentAt(top)).toBe(top);
    }
    expect(scroll.place(12_345)).toBe(12_345);
  });
});

describe('content that is taller than a browser can draw', () => {
  const total = 43_000_000;
  const tallest = 10_000_000;

  it('moves as far as the box where the visitor scrolls', () => {
    const scroll = new TallScroll(total, SCREEN);
    expect(scroll.height).toBe(tallest);
    for (const top of [0, 500, 1500, 2000]) scroll.follow(top);
    expect(scroll.contentAt(2000)).toBe(2000);
  });

  it('goes with the scrollbar from its start to its end', () => {
    const scroll = new TallScroll(total, SCREEN);
    scroll.follow(tallest / 2);
    expect(scroll.contentAt(tallest / 2) / total).toBeCloseTo(0.5, 3);
    scroll.follow(tallest - SCREEN);
    expect(scroll.contentAt(tallest - SCREEN)).toBeCloseTo(total - SCREEN);
    scroll.follow(0);
    expect(scroll.contentAt(0)).toBe(0);
  });

  it('shows any place of it', () => {
    const scroll = new TallScroll(total, SCREEN);
    for (const content of [0, 17, 3e6, 21e6, 42e6, total - SCREEN]) {
      const top = scroll.place(content);
      expect(scroll.contentAt(top)).toBeCloseTo(content);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(top).toBeLessThanOrEqual(tallest - SCREEN);
      expect(scroll.follow(top)).toBeUndefined();
    }
  });

  it.each([1, -1])('is reached to its end by scrolling alone, in direction %d', (direction) => {
    // A small box, so that its ends are met often.
    const scroll = new TallScroll(400_000, SCREEN, 40_000);
    let top = scroll.place(direction > 0 ? 0 : 400_000 - SCREEN);
    let content = scroll.contentAt(top);
    for (let step = 0; step < 1000; step++) {
      top = Math.max(0, Math.min(40_000 - SCREEN, top + direction * 700));
      top = scroll.follow(top) ?? top;
      const next = scroll.contentAt(top);
      expect(Math.abs(next - content)).toBeLessThanOrEqual(701);
      content = next;
    }
    expect(content).toBeCloseTo(direction > 0 ? 400_000 - SCREEN : 0);
  });
});
