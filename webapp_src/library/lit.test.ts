import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SiteManifest } from '../src/generated/manifest';
import { FakeWorker } from '../src/testing/fake-worker';
import { stubNetwork } from '../src/testing/network';
import { serveSampleFile } from '../src/testing/sample-files';
import { makeManifest, settle } from '../src/testing/sample-manifest';
import { serveManifest } from '../src/testing/sealed-manifest';
import { getImageUrl, ImageData, listModels, Model, setBaseUrl } from './lit';

vi.mock('../src/inference/encoder-worker', () => ({ EncoderWorker: FakeWorker }));

const SITE = 'https://other.test/demo/';

let manifest: SiteManifest;
let asked: string[];
/** What addresses end with that the site does not answer. */
let missing: string;
/** What addresses end with whose content is another. */
let altered: string;
/** What addresses end with that the site answers only when told. */
let slow: string;
let answer: () => void;

/** How the manifest was asked for, each time. */
let manifestCaches: (RequestCache | undefined)[];

async function serve(url: string, { signal, cache }: RequestInit): Promise<Response> {
  asked.push(url);
  if (url.endsWith('manifest.json')) manifestCaches.push(cache);
  if (slow && url.endsWith(slow)) {
    await new Promise<void>((resolve) => (answer = resolve));
    signal?.throwIfAborted();
  }
  if (missing && url.endsWith(missing)) return new Response('', { status: 404 });
  if (altered && url.endsWith(altered)) return new Response(new Uint8Array(16));
  return url.endsWith('manifest.json') ? serveManifest(manifest) : serveSampleFile(url);
}

function openWorkers(): FakeWorker[] {
  return FakeWorker.all.filter(({ closed }) => !closed);
}

async function loadModel(): Promise<Model> {
  const model = new Model('tiny');
  await model.load();
  return model;
}

beforeEach(() => {
  FakeWorker.all = [];
  FakeWorker.failures = {};
  manifest = makeManifest();
  asked = [];
  manifestCaches = [];
  missing = slow = altered = '';
  answer = () => undefined;
  stubNetwork(serve);
  setBaseUrl(`${SITE}index.html`);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a site', () => {
  it('lists its models, and its pictures with their prompts and credit', async () => {
    expect(await listModels()).toEqual(['tiny', 'small']);
    const pictures = new ImageData();
    await pictures.load();
    expect(pictures.rows.map(({ id }) => id)).toEqual(['cat', 'dog']);
    expect(pictures.get('cat')).toEqual({
      id: 'cat',
      description: 'A picture of a cat',
      prompts: ['a cat', 'a lion'],
      author: 'A. Maker',
      license: 'CC0',
      source: 'https://example.org/cat',
    });
    expect(() => pictures.get('fish')).toThrow('The demo has no picture “fish”; it has cat, dog.');
    expect(getImageUrl('cat')).toBe(`${SITE}cat.jpg`);
  });

  it('has no pictures before something is loaded', () => {
    expect(() => getImageUrl('cat')).toThrow('call `await imageData.load()` first');
  });

  it('is fetched once, and again after a failure', async () => {
    missing = 'manifest.json';
    await expect(listModels()).rejects.toThrow('the server answered 404');
    missing = '';
    await listModels();
    await loadModel();
    expect(manifestCaches).toEqual(['no-cache', 'reload', 'reload']);
  });

  it('is fetched again after a file of it was missing', async () => {
    await listModels();
    missing = 'tiny-zimg.bin';
    await expect(new Model('tiny').load()).rejects.toThrow('answered 404 for tiny-zimg.bin');
    missing = '';
    await loadModel();
    expect(manifestCaches).toEqual(['no-cache', 'reload']);
  });

  it('stays that of the models that were made before another was named', async () => {
    const model = new Model('tiny');
    setBaseUrl('https://elsewhere.test/');
    await model.load();
    expect(asked.every((url) => url.startsWith(SITE))).toBe(true);
  });
});

describe('a model', () => {
  it('says how much of it is here until all is', async () => {
    const progress: number[] = [];
    await new Model('tiny').load(({ loaded, total }) => progress.push(loaded / total));
    expect(progress.at(0)).toBe(0);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });

  it('is not made of a file that was altered', async () => {
    altered = 'tiny-zimg.bin';
    await expect(new Model('tiny').load()).rejects.toThrow('tiny-zimg.bin was altered on its way.');
    expect(asked.filter((url) => url.endsWith(altered))).toHaveLength(2);
  });

  it('is loaded once, however often that is asked', async () => {
    const model = new Model('tiny');
    await Promise.all([model.load(), model.load()]);
    await model.load();
    expect(FakeWorker.all).toHaveLength(1);
  });

  it('computes on wasm or not at all', async () => {
    FakeWorker.failures = { wasm: 'No wasm.' };
    const model = new Model('tiny');
    await expect(model.load()).rejects.toThrow('No wasm.');
    expect(FakeWorker.all.map(({ backend, closed }) => [backend, closed])).toEqual([
      ['wasm', true],
    ]);
    FakeWorker.failures = {};
    await model.load();
    expect(await model.tokenize('four')).toEqual([4]);
  });

  it('must be one of the site', async () => {
    await expect(new Model('huge').load()).rejects.toThrow(
      'The demo has no model “huge”; it has tiny, small.',
    );
  });

  it('must be loaded first', async () => {
    await expect(new Model('tiny').embed(['a'])).rejects.toThrow(
      'The model is not loaded: call `await model.load()` first.',
    );
  });

  it('compares texts with pictures by index or id', async () => {
    const model = await loadModel();
    const cosines = await model.computeSimilarities(['a lion', 'new'], [0, 'dog']);
    expect(cosines.flat()).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6), 0, 1]);
    await expect(model.computeSimilarities(['a cat'], [2])).rejects.toThrow(
      'There is no picture 2: the demo has 2, counted from 0.',
    );
  });

  it('scores texts as the model says', async () => {
    const model = await loadModel();
    const byIndex = await model.computeProbabilities(['a cat', 'a dog'], 1);
    expect(byIndex).toEqual(await model.computeProbabilities(['a cat', 'a dog'], 'dog'));
    expect((byIndex[1] ?? 0) / (byIndex[0] ?? 1)).toBeCloseTo(Math.E, 6);
  });

  it('encodes new texts only, and gives rows that may be changed', async () => {
    const model = await loadModel();
    const [cat, text] = await model.embed(['a cat', 'new', 'new']);
    cat?.fill(9);
    text?.fill(9);
    expect(await model.embed(['a cat', 'new'])).toEqual([
      Float32Array.of(1, 0),
      Float32Array.of(0, 1),
    ]);
    expect(FakeWorker.all[0]?.embedded).toEqual([['new']]);
  });

  it('answers its example prompts only, where the site has no encoder', async () => {
    const [{ ...bare }] = manifest.models;
    manifest = { ...manifest, models: [{ ...bare, tokenizer: null, encoder: null }] };
    const model = await loadModel();
    expect(await model.computeProbabilities(['a cat'], 0)).toEqual([1]);
    const reason = 'Model tiny answers its example prompts only.';
    await expect(model.embed(['new'])).rejects.toThrow(reason);
    await expect(model.tokenize('new')).rejects.toThrow(reason);
    expect(FakeWorker.all).toEqual([]);
  });
});

describe('disposing of a model', () => {
  it('ends its worker', async () => {
    const model = await loadModel();
    model.dispose();
    await settle();
    expect(openWorkers()).toEqual([]);
    await expect(model.embed(['a cat'])).rejects.toThrow('The model is not loaded');
  });

  it.each([
    ['before the site has answered', 'manifest.json'],
    ['before its embeddings are here', 'tiny-ztxt.bin'],
    ['while its encoder is downloading', 'tiny-weights.bin'],
  ])('cancels its loading, %s', async (_when, file) => {
    slow = file;
    const model = new Model('tiny');
    const loading = expect(model.load()).rejects.toThrow('The model tiny was disposed of.');
    await vi.waitUntil(() => asked.some((url) => url.endsWith(file)));
    model.dispose();
    answer();
    await loading;
    expect(openWorkers()).toEqual([]);
  });

  it('cancels its loading while the encoder is checked', async () => {
    let finish: () => void = () => undefined;
    const checking = new Promise<void>((resolve) => (finish = resolve));
    const load = vi.spyOn(FakeWorker.prototype, 'load').mockReturnValue(checking);
    const model = new Model('tiny');
    const loading = expect(model.load()).rejects.toThrow('The model tiny was disposed of.');
    await vi.waitUntil(() => load.mock.calls.length > 0);
    model.dispose();
    expect(openWorkers()).toEqual([]);
    finish();
    await loading;
    load.mockRestore();
  });

  it('lets it be loaded again', async () => {
    const model = new Model('tiny');
    const first = expect(model.load()).rejects.toThrow('disposed of');
    model.dispose();
    await model.load();
    await first;
    expect(await model.embed(['a cat'])).toHaveLength(1);
    expect(openWorkers()).toHaveLength(1);
  });
});
