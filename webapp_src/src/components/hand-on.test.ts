// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { handOn } from './hand-on';

const PICTURE = new Blob(['a picture'], { type: 'image/png' });

interface Abilities {
  share?: (data: { files: File[] }) => Promise<void>;
  write?: (items: unknown[]) => Promise<void>;
}

/** A browser that can do this; returns the names of the files that were downloaded. */
function stubBrowser({ share, write }: Abilities): string[] {
  const saved: string[] = [];
  const clipboard = { write: write ?? (() => Promise.reject(new Error('Not allowed.'))) };
  vi.stubGlobal('navigator', { clipboard, ...(share && { share, canShare: () => true }) });
  vi.stubGlobal(
    'ClipboardItem',
    class {
      constructor(readonly content: Record<string, Promise<Blob>>) {}
    },
  );
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:1');
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    saved.push(this.download);
  });
  return saved;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('shares where the system has a dialog for it', async () => {
  const shared: string[] = [];
  const saved = stubBrowser({
    share({ files }) {
      shared.push(...files.map(({ name }) => name));
      return Promise.resolve();
    },
  });
  expect(await handOn(Promise.resolve(PICTURE), 'cat.png')).toBe('shared');
  expect([shared, saved]).toEqual([['cat.png'], []]);
});

it.each([
  ['AbortError', 'cancelled', []],
  ['NotAllowedError', 'saved', ['cat.png']],
])('takes a dialog that ends with %s as %s', async (name, outcome, files) => {
  const saved = stubBrowser({ share: () => Promise.reject(new DOMException('No.', name)) });
  expect(await handOn(Promise.resolve(PICTURE), 'cat.png')).toBe(outcome);
  expect(saved).toEqual(files);
});

it('copies where it may, before the picture is drawn', async () => {
  let written = 0;
  stubBrowser({
    write: () => {
      written += 1;
      return Promise.resolve();
    },
  });
  let finish: (picture: Blob) => void = () => undefined;
  const drawn = new Promise<Blob>((resolve) => (finish = resolve));
  const handed = handOn(drawn, 'cat.png');
  expect(written).toBe(1);
  finish(PICTURE);
  expect(await handed).toBe('copied');
});

it('saves where nothing else is allowed', async () => {
  const saved = stubBrowser({});
  expect(await handOn(Promise.resolve(PICTURE), 'cat.png')).toBe('saved');
  expect(saved).toEqual(['cat.png']);
});

it('fails as the picture does', async () => {
  const saved = stubBrowser({});
  await expect(handOn(Promise.reject(new Error('Offline.')), 'cat.png')).rejects.toThrow(
    'Offline.',
  );
  expect(saved).toEqual([]);
});
