import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeSearch, foundAt } from '../../testing/fake-gallery';
import { settle } from '../../testing/sample-manifest';
import { Finding } from './finding';

let search: FakeSearch;
let read: string[];
let failures: string[];
let mask: Uint8Array | undefined;
let finding: Finding;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  search = new FakeSearch(1000);
  [read, failures, mask] = [[], [], undefined];
  finding = new Finding({
    embed(text) {
      read.push(text);
      return Promise.resolve(Float32Array.of(Number(/\d+/.exec(text)), 0));
    },
    search: () => search,
    mask: () => Promise.resolve(mask),
    onChange: () => undefined,
    onFailure: ({ message }) => failures.push(message),
  });
});

afterEach(() => {
  finding.close();
  vi.useRealTimers();
});

function positions(count: number): number[] {
  return (finding.found ?? []).slice(0, count).map(({ position }) => position);
}

it('looks for what is typed after a pause, or at once', async () => {
  finding.find('from 4');
  await vi.advanceTimersByTimeAsync(149);
  finding.find('from 40');
  await vi.advanceTimersByTimeAsync(149);
  expect([read, finding.found]).toEqual([[], undefined]);
  await vi.advanceTimersByTimeAsync(1);
  expect([read, positions(2), finding.state]).toEqual([['from 40'], [40, 41], 'current']);
  finding.find('from 5');
  await finding.run();
  expect(positions(1)).toEqual([5]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(read).toEqual(['from 40', 'from 5']);
});

it('does not look for the first of two sentences any more', async () => {
  search.steps = [[foundAt(1)]];
  finding.find('from 1');
  const first = finding.run();
  await vi.advanceTimersByTimeAsync(0);
  finding.find('from 2');
  const second = finding.run();
  search.step();
  await Promise.all([first, second]);
  expect([positions(1), failures]).toEqual([[2], []]);
  expect(search.signals[0]?.aborted).toBe(true);
});

it('leaves what was seen in its place until the final answer', async () => {
  search.steps = [[7, 5, 9].map(foundAt), [1, 7, 9, 5].map(foundAt)];
  finding.find('from 3');
  const done = finding.run();
  await vi.advanceTimersByTimeAsync(0);
  expect([positions(3), finding.state]).toEqual([[7, 5, 9], 'computing']);
  finding.see(2);
  search.step();
  await vi.advanceTimersByTimeAsync(0);
  expect(positions(4)).toEqual([7, 5, 1, 9]);
  search.step();
  await done;
  expect([positions(3), finding.state]).toEqual([[3, 4, 5], 'current']);
});

it('looks for more below what is there, until there is no more', async () => {
  mask = Uint8Array.from({ length: 1000 }, (_, i) => i % 2);
  await finding.findLike({ position: 300, id: 'a' });
  expect([finding.found?.length, positions(1), finding.isComplete]).toEqual([200, [301], false]);
  await finding.more();
  expect([finding.found?.length, finding.isComplete]).toEqual([350, true]);
  await finding.more();
  expect(search.asked.map(({ count }) => count)).toEqual([200, 400]);
});

it('has an answer of its own for each query, and the same for more of it', async () => {
  await finding.findLike({ position: 1, id: 'a' });
  const { answer } = finding;
  await finding.more();
  expect(finding.answer).toBe(answer);
  await finding.run();
  expect(finding.answer).not.toBe(answer);
});

it('looks for as many as a link needs', async () => {
  finding.find('from 0');
  await finding.run(701);
  expect(finding.found).toHaveLength(701);
});

it('goes back to all pictures', async () => {
  await finding.findLike({ position: 1, id: 'a' });
  finding.find('  ');
  expect([finding.found, finding.like, finding.state]).toEqual([undefined, undefined, 'idle']);
});

it('keeps what was found when looking for something else fails', async () => {
  await finding.findLike({ position: 1, id: 'a' });
  search.error = new Error('Offline.');
  finding.find('from 9');
  await finding.run();
  expect([positions(1), finding.state, failures]).toEqual([[1], 'failed', ['Offline.']]);
  vi.useRealTimers();
  await settle();
});
