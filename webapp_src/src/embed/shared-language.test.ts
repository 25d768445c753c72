// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeWorker } from '../testing/fake-worker';
import { findAll } from '../testing/mount';
import { serveSampleFile } from '../testing/sample-files';
import { makeManifest } from '../testing/sample-manifest';
import { serveManifest } from '../testing/sealed-manifest';
import { LitDemo } from './lit-demo';

vi.mock('../inference/encoder-worker', () => ({ EncoderWorker: FakeWorker }));

beforeEach(() => {
  vi.stubGlobal('fetch', (url: string) => {
    if (!url.endsWith('manifest.json')) return Promise.resolve(serveSampleFile(url));
    const language = url.includes('german') ? 'de-AT' : 'es';
    return Promise.resolve(serveManifest({ ...makeManifest(), language }));
  });
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

async function linkOf(src: string): Promise<Element> {
  const element = new LitDemo();
  element.src = src;
  document.body.append(element);
  return vi.waitUntil(() => findAll(element, 'a.open')[0]);
}

it('is that of the demo which comes first, for all elements of a page', async () => {
  const first = await linkOf('https://german.test/');
  expect(first.textContent.trim()).toBe('Demo öffnen');
  expect(first.parentElement?.lang).toBe('de');
  const second = await linkOf('https://spanish.test/');
  expect(second.textContent.trim()).toBe('Demo öffnen');
  // Of the page around, nothing has changed.
  expect(document.documentElement.lang).toBe('');
});
