import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hashOf } from '../src/testing/sealed-manifest';
import { FakeCaches } from './testing/fake-caches';
import { NamedFiles } from './named-files';

const SCOPE = 'https://demo.test/some/where/';
const CACHE = 'a cache';

let caches: FakeCaches;
let network: Map<string, string>;
let asked: string[];
let waiting: Promise<unknown>[];

function urlOf(content: string): string {
  return `${SCOPE}gallery/thumbnails/${hashOf(content).slice(0, 32)}.jpg`;
}

/** Asks for a file, and waits until it is kept; returns its content. */
async function ask(files: NamedFiles, content: string): Promise<string> {
  const event = { waitUntil: (work: Promise<unknown>) => waiting.push(work) };
  const response = await files.answer(
    hashOf(content).slice(0, 32),
    new Request(urlOf(content)),
    event as unknown as ExtendableEvent,
  );
  const text = await response.text();
  await Promise.all(waiting);
  return text;
}

function grant(quota: number): void {
  vi.stubGlobal('navigator', { storage: { estimate: () => Promise.resolve({ quota }) } });
}

beforeEach(() => {
  caches = new FakeCaches();
  network = new Map(['one', 'two', 'three'].map((content) => [urlOf(content), content]));
  [asked, waiting] = [[], []];
  vi.stubGlobal('caches', caches);
  vi.stubGlobal('fetch', (request: Request | string) => {
    const url = typeof request === 'string' ? request : request.url;
    asked.push(url);
    return Promise.resolve(new Response(network.get(url) ?? 'a wrong file'));
  });
  grant(1e6);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

it('keeps what was used, also for a worker that starts anew', async () => {
  expect(await ask(new NamedFiles(CACHE, SCOPE), 'one')).toBe('one');
  const files = new NamedFiles(CACHE, SCOPE);
  expect(await ask(files, 'one')).toBe('one');
  await files.add(hashOf('one').slice(0, 32), urlOf('one'));
  expect(asked).toEqual([urlOf('one')]);
});

it('does not keep what is not what its name says', async () => {
  const files = new NamedFiles(CACHE, SCOPE);
  expect(await ask(files, 'four')).toBe('a wrong file');
  await ask(files, 'four');
  expect(asked).toHaveLength(2);
});

it('does not use what was damaged where it is kept', async () => {
  const files = new NamedFiles(CACHE, SCOPE);
  await ask(files, 'one');
  caches.damage();
  expect(await ask(files, 'one')).toBe('one');
  expect(asked).toHaveLength(2);
});

it('lets go of what was not used for longest', async () => {
  // A fifth of what the browser grants is the site's, and half of that is for these files.
  grant(80);
  const files = new NamedFiles(CACHE, SCOPE);
  await ask(files, 'one');
  await ask(files, 'two');
  await ask(files, 'one');
  await ask(files, 'three');
  asked.length = 0;
  await ask(files, 'one');
  await ask(files, 'two');
  expect(asked).toEqual([urlOf('two')]);
});

it('leaves room for what a page needs', async () => {
  grant(100);
  const cache = await caches.open();
  await cache.put(`${SCOPE}?sha256=${hashOf('page')}&bytes=18`, new Response('page'));
  const files = new NamedFiles(CACHE, SCOPE);
  await ask(files, 'one');
  await ask(files, 'one');
  expect(asked).toHaveLength(2);
});
