// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settle } from '../testing/sample-manifest';
import { NewerVersion } from './newer-version';

const onNewer = vi.fn();
let published: string | Error;
let versions: NewerVersion;

beforeEach(() => {
  onNewer.mockClear();
  published = 'a';
  const load = async (): Promise<{ sha256: string }> => {
    await settle();
    if (published instanceof Error) throw published;
    return { sha256: published };
  };
  versions = new NewerVersion({ current: 'a', load, onNewer });
  versions.watch();
});

afterEach(() => {
  versions.close();
});

async function returnToPage(): Promise<void> {
  document.dispatchEvent(new Event('visibilitychange'));
  await settle();
  await settle();
}

it('tells once, when the visitor comes back to a page that was published again', async () => {
  await returnToPage();
  expect(onNewer).not.toHaveBeenCalled();
  published = 'b';
  await returnToPage();
  published = 'c';
  await returnToPage();
  expect(onNewer).toHaveBeenCalledOnce();
});

it('looks again when the network is back', async () => {
  published = new Error('offline');
  await returnToPage();
  expect(onNewer).not.toHaveBeenCalled();
  published = 'b';
  window.dispatchEvent(new Event('online'));
  await settle();
  await settle();
  expect(onNewer).toHaveBeenCalledOnce();
});

it('tells nothing once it is closed', async () => {
  published = 'b';
  const checking = versions.check();
  versions.close();
  await checking;
  await returnToPage();
  expect(onNewer).not.toHaveBeenCalled();
});
