// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fileRef, makeManifest } from '../testing/sample-manifest';
import { serveManifest } from '../testing/sealed-manifest';
import { SCRIPT_URL } from './script-url';
import { loadSite, locateSite, renewSite } from './sites';

const OWN_FILES = [fileRef('own.wasm', 'own')];
const OWN_MANIFEST = new URL('manifest.json', SCRIPT_URL).href;

let asked: string[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    const files = url === OWN_MANIFEST ? OWN_FILES : [fileRef('other.wasm', 'other')];
    return Promise.resolve(serveManifest({ ...makeManifest(), files }));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a site', () => {
  it('computes with the files of the one that the script is from', async () => {
    const { images, files } = await loadSite('https://a.test/demo/');
    expect(images[0].photo.url).toBe('https://a.test/demo/cat.jpg');
    expect(files.map(({ sha256 }) => sha256)).toEqual(OWN_FILES.map(({ sha256 }) => sha256));
    expect(files[0]?.url).toBe(new URL('own.wasm', SCRIPT_URL).href);
  });

  it('is asked for once by all elements, and again when that is asked', async () => {
    await Promise.all([loadSite('https://b.test/'), loadSite('https://b.test/index.html')]);
    await renewSite('https://b.test/');
    expect(asked.filter((url) => url === 'https://b.test/manifest.json')).toHaveLength(2);
  });

  it('is found relative to the page, else where the script is', () => {
    expect(locateSite('demo/')).toBe(new URL('demo/', document.baseURI).href);
    expect(locateSite('https://c.test/demo')).toBe('https://c.test/demo');
    expect(new URL('embed.js', locateSite(null)).href).toBe(new URL('embed.js', SCRIPT_URL).href);
    expect(() => locateSite('https://')).toThrow('The address of the demo is wrong.');
  });
});
