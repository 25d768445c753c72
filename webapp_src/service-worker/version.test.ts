import { expect, it } from 'vitest';
import { fileRef, makeManifest } from '../src/testing/sample-manifest';
import { sealManifest } from '../src/testing/sealed-manifest';
import { Version } from './version';

const SCOPE = 'https://demo.test/some/where/';
const page = fileRef('index.html', '<!doctype html>');
const script = fileRef('assets/main-12345678.js', 'run()');

it('knows every file that the manifest names, by its address', async () => {
  const manifest = makeManifest();
  const version = await Version.read(sealManifest({ ...manifest, files: [page, script] }), SCOPE);
  expect(version.find(`${SCOPE}${script.url}`)?.sha256).toBe(script.sha256);
  expect(version.find(`${SCOPE}tiny-weights.bin#part`)?.bytes).toBe(
    manifest.models[0].encoder.weights[0]?.bytes,
  );
  expect(version.find(`${SCOPE}dog-small.jpg?again`)).toBeDefined();
  expect(version.find(`${SCOPE}other.js`)).toBeUndefined();
});

it('knows the page by the address of its folder', async () => {
  const version = await Version.read(sealManifest({ ...makeManifest(), files: [page] }), SCOPE);
  expect(version.find(`${SCOPE}?from=home`)?.sha256).toBe(page.sha256);
});

it('finds data on another host', async () => {
  const manifest = { ...makeManifest(), baseUrl: 'https://data.test/demo/', files: [page] };
  const version = await Version.read(sealManifest(manifest), SCOPE);
  expect(version.find('https://data.test/demo/cat.jpg')).toBeDefined();
  expect(version.find(`${SCOPE}cat.jpg`)).toBeUndefined();
  expect(version.find(SCOPE)).toBeDefined();
});

it('knows the files of a gallery by their names', async () => {
  const name = '0123456789abcdef0123456789abcdef';
  const gallery = { url: 'gallery/rows/list.bin' };
  const plain = await Version.read(sealManifest(makeManifest()), SCOPE);
  const version = await Version.read(sealManifest({ ...makeManifest(), gallery }), SCOPE);
  const url = `${SCOPE}gallery/thumbnails/${name}.jpg`;
  expect(version.nameAt(`${url}?again`)).toBe(name);
  expect(plain.nameAt(url)).toBeUndefined();
  for (const other of ['gallery/rows/short.bin', `other/rows/${name}.bin`, `gallery/${name}`]) {
    expect(version.nameAt(`${SCOPE}${other}`)).toBeUndefined();
  }
});

it('is not read from a manifest that was altered', async () => {
  const altered = sealManifest(makeManifest());
  altered[altered.length - 3] = 32;
  await expect(Version.read(altered, SCOPE)).rejects.toThrow();
});
