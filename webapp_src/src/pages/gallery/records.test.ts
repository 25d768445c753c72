import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeGallery } from '../../testing/fake-gallery';
import type { FileHost } from '../../testing/named-files';
import { Records } from './records';

let host: FileHost;
let records: Records;
let changes: number;
let failures: string[];

beforeEach(() => {
  const made = makeGallery(3500);
  host = made.host;
  host.listen();
  [changes, failures] = [0, []];
  records = new Records(made.gallery, {
    onChange: () => (changes += 1),
    onFailure: ({ message }) => failures.push(message),
  });
});

afterEach(() => {
  records.close();
  vi.unstubAllGlobals();
});

it('loads what is wanted, a file for a thousand pictures, once', async () => {
  records.want([5, 999, 3400]);
  expect(records.find(5)).toBeUndefined();
  await vi.waitFor(() => {
    expect(changes).toBe(2);
  });
  expect(records.find(3400)).toMatchObject({
    id: 'id-3400',
    description: 'Picture 3400',
    thumbnail: 'https://demo.test/gallery/thumbnails/3400.jpg',
  });
  records.want([6, 3401]);
  // The list and two files.
  expect(host.asked).toHaveLength(3);
  await expect(records.load(7)).resolves.toMatchObject({ id: 'id-7' });
  expect(host.asked).toHaveLength(3);
});

it('no longer loads what is not wanted any more', async () => {
  records.want([0]);
  records.want([1000]);
  await vi.waitFor(() => {
    expect(records.find(1000)).toBeDefined();
  });
  expect([records.find(0), failures]).toEqual([undefined, []]);
});

it('says what could not be loaded, once, and tries again when asked', async () => {
  const kept = new Map(host.contents);
  host.contents.clear();
  records.want([0]);
  await vi.waitFor(() => {
    expect(failures).toHaveLength(1);
  });
  records.want([0, 1]);
  expect(failures[0]).toContain('The server answered 404');
  for (const [url, content] of kept) host.contents.set(url, content);
  records.retry();
  await vi.waitFor(() => {
    expect(records.find(1)).toBeDefined();
  });
  expect(failures).toHaveLength(1);
});
