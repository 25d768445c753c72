import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeGallery } from '../testing/fake-gallery';
import { makeManifest } from '../testing/sample-manifest';
import { sealManifest, serveManifest } from '../testing/sealed-manifest';
import { stubNetwork } from '../testing/network';
import { loadGalleryManifest, loadManifest } from './manifest-loader';
import { parseManifest } from './manifest-reader';

function parse(text: string): Promise<unknown> {
  return parseManifest(new TextEncoder().encode(text));
}

describe('a manifest', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('of this version is read', async () => {
    const { sha256, ...content } = await parseManifest(sealManifest(makeManifest()));
    expect({ sha256: '', ...content }).toEqual(makeManifest());
    expect(sha256).toHaveLength(64);
  });

  it('names its files relative to itself', async () => {
    stubNetwork(() => serveManifest(makeManifest()));
    const { images, models } = await loadManifest('https://elsewhere.test/demo/manifest.json');
    expect(images[0].photo.url).toBe(
      `https://elsewhere.test/demo/${makeManifest().images[0].photo.url}`,
    );
    expect(models[0].source).toBe(makeManifest().models[0].source);
  });

  it('that does not come is asked for once more, and then given up', async () => {
    vi.useFakeTimers();
    const fetched = stubNetwork(() => new Promise<Response>(() => undefined));
    const loading = expect(loadManifest('manifest.json')).rejects.toThrow(
      'The demo could not be loaded. Check the connection and try again.',
    );
    await vi.runAllTimersAsync();
    await loading;
    vi.useRealTimers();
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it('may have its models and images elsewhere', async () => {
    const baseUrl = 'https://data.test/there/';
    stubNetwork(() => serveManifest({ ...makeManifest(), baseUrl }));
    const { images, models, files } = await loadManifest('https://page.test/manifest.json');
    expect(images[0].photo.url).toBe(`${baseUrl}${makeManifest().images[0].photo.url}`);
    expect(models[0].imageEmbeddings.url).toContain(baseUrl);
    expect(files.every(({ url }) => url.startsWith('https://page.test/'))).toBe(true);
  });

  it('names the files of a gallery beside its models', async () => {
    const list = makeGallery(1).gallery.records;
    const records = { ...list, url: 'gallery/records/a.list', folder: 'gallery/records' };
    const gallery = { ...makeGallery(1).gallery, records, thumbnails: 'gallery/thumbnails/' };
    const { images, promptSets, ...alone } = makeManifest();
    expect([images.length, promptSets.length]).toEqual([2, 1]);
    stubNetwork(() => serveManifest({ ...alone, gallery, baseUrl: 'https://data.test/there/' }));
    const loaded = await loadGalleryManifest('https://page.test/manifest.json');
    expect(loaded.gallery.records).toMatchObject({
      url: 'https://data.test/there/gallery/records/a.list',
      folder: 'https://data.test/there/gallery/records',
    });
    expect(loaded.gallery.thumbnails).toBe('https://data.test/there/gallery/thumbnails/');
    await expect(loadManifest('https://page.test/manifest.json')).rejects.toThrow(
      'manifest.json describes no pictures with sentences.',
    );
  });

  it('of a site without a gallery is none of a gallery', async () => {
    stubNetwork(() => serveManifest(makeManifest()));
    await expect(loadGalleryManifest('manifest.json')).rejects.toThrow(
      'manifest.json describes no gallery.',
    );
  });

  it('is asked for past the cache: if it is as before at first, anew after a failure', async () => {
    const fetched = stubNetwork(() => serveManifest(makeManifest()));
    await loadManifest('manifest.json');
    await loadManifest('manifest.json', { fresh: true });
    expect(fetched.mock.calls.map(([, { cache }]) => cache)).toEqual(['no-cache', 'reload']);
  });

  it('that is wrong is downloaded once more', async () => {
    const answers = [new Response('<!doctype html>'), serveManifest(makeManifest())];
    const fetched = stubNetwork(() => answers.shift() ?? Response.error());
    await loadManifest('manifest.json');
    expect(fetched.mock.calls.map(([, { cache }]) => cache)).toEqual(['no-cache', 'reload']);
  });

  it.each([
    [{ ...makeManifest(), schemaVersion: 1 }, 'demo’s is version 1.'],
    [{}, 'demo’s is version "unknown".'],
    [null, 'demo’s is version "unknown".'],
  ])('of another version is refused with a remedy', async (content, version) => {
    await expect(parse(JSON.stringify(content))).rejects.toThrow(version);
    await expect(parse(JSON.stringify(content))).rejects.toThrow('rebuild the whole site');
  });

  it('that is no JSON is refused', async () => {
    await expect(parse('<!doctype html>')).rejects.toThrow('The demo’s manifest is damaged');
  });

  it('with a single number changed is refused', async () => {
    const text = new TextDecoder().decode(sealManifest(makeManifest()));
    await expect(parse(text.replace('"bytes": 5', '"bytes": 6'))).rejects.toThrow(
      'The demo’s manifest was altered on its way.',
    );
  });

  it('that is missing is reported with the server’s answer', async () => {
    stubNetwork(() => new Response('', { status: 404 }));
    await expect(loadManifest('manifest.json')).rejects.toThrow(
      'The demo could not be loaded: the server answered 404 for manifest.json.',
    );
  });

  it('that the network fails to bring is reported', async () => {
    stubNetwork(() => Promise.reject(new TypeError('offline')));
    await expect(loadManifest('manifest.json')).rejects.toThrow('Check the connection');
  });
});
