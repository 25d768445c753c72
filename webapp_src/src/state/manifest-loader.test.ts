import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeManifest } from '../testing/sample-manifest';
import { stubNetwork } from '../testing/network';
import { loadManifest, parseManifest } from './manifest-loader';

describe('a manifest', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('of this version is read', () => {
    expect(parseManifest(JSON.stringify(makeManifest()))).toEqual(makeManifest());
  });

  it('names its files relative to itself', async () => {
    stubNetwork(() => Response.json(makeManifest()));
    const { images, models } = await loadManifest('https://elsewhere.test/demo/manifest.json');
    expect(images[0].photo.url).toBe(
      `https://elsewhere.test/demo/${makeManifest().images[0].photo.url}`,
    );
    expect(models[0].source).toBe(makeManifest().models[0].source);
  });

  it('may have its models and images elsewhere', async () => {
    const baseUrl = 'https://data.test/there/';
    stubNetwork(() => Response.json({ ...makeManifest(), baseUrl }));
    const { images, models, files } = await loadManifest('https://page.test/manifest.json');
    expect(images[0].photo.url).toBe(`${baseUrl}${makeManifest().images[0].photo.url}`);
    expect(models[0].imageEmbeddings.url).toContain(baseUrl);
    expect(files.every(({ url }) => url.startsWith('https://page.test/'))).toBe(true);
  });

  it.each([
    [{ ...makeManifest(), schemaVersion: 2 }, 'demo’s is version 2.'],
    [{}, 'demo’s is version "unknown".'],
    [null, 'demo’s is version "unknown".'],
  ])('of another version is refused with a remedy', (content, version) => {
    expect(() => parseManifest(JSON.stringify(content))).toThrow(version);
    expect(() => parseManifest(JSON.stringify(content))).toThrow('rebuild the whole site');
  });

  it('that is no JSON is refused', () => {
    expect(() => parseManifest('<!doctype html>')).toThrow('The demo’s manifest is damaged.');
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
