import { afterEach, expect, it, vi } from 'vitest';
import { FileHost } from '../../testing/named-files';
import { fetchList, fetchNamed } from './named-file';

const { signal } = new AbortController();
const HELLO = new TextEncoder().encode('hello');

afterEach(() => {
  vi.unstubAllGlobals();
});

it('gives a file whose content is what its name says', async () => {
  const host = new FileHost();
  const url = host.add(HELLO);
  host.listen();
  expect(new Uint8Array(await fetchNamed(url, signal))).toEqual(HELLO);
});

it('asks once more for one that was altered, and then refuses it', async () => {
  const host = new FileHost();
  const url = host.add(HELLO);
  host.contents.set(url, new TextEncoder().encode('jello'));
  host.listen();
  await expect(fetchNamed(url, signal)).rejects.toThrow('was altered on its way');
  expect(host.asked).toEqual([url, url]);
});

it('says that a file is gone', async () => {
  const host = new FileHost();
  const url = host.add(HELLO);
  host.contents.clear();
  host.listen();
  await expect(fetchNamed(url, signal)).rejects.toThrow('The server answered 404');
});

it('gives the address of each file of a list', async () => {
  const host = new FileHost();
  const contents = ['one', 'two', 'three'].map((text) => new TextEncoder().encode(text));
  const list = host.addList(contents);
  host.listen();
  const urlOf = await fetchList(list, signal);
  for (const [file, content] of contents.entries()) {
    expect(new Uint8Array(await fetchNamed(urlOf(file), signal))).toEqual(content);
  }
});
