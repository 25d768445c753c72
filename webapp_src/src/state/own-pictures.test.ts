import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Model } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import type { EmbeddedPicture } from '../inference/image-encoder.worker';
import { makeImageEncoder } from '../testing/sample-image-encoder';
import { makeManifest } from '../testing/sample-manifest';
import { OwnPictures, type PictureReader } from './own-pictures';

const [plain] = makeManifest().models;
const file = new Blob(['a picture'], { type: 'image/png' });

class FakeReader implements PictureReader {
  imageEncoder: EncoderStatus = { status: 'idle' };
  readonly read: string[] = [];
  failure: Error | undefined;
  /** Resolves the pictures being waited for. */
  release: (() => void) | undefined;
  hold = false;

  constructor(readonly model: Model = { ...plain, imageEncoder: makeImageEncoder() }) {}

  async addPicture(id: string): Promise<EmbeddedPicture> {
    this.read.push(id);
    if (this.hold) await new Promise<void>((resolve) => (this.release = resolve));
    if (this.failure) throw this.failure;
    return { row: Float32Array.of(1, 0), shown: new Blob(['shown']), side: 100 };
  }
}

let reader: FakeReader;
let readyIds: [string, boolean][];
let warnings: string[];

function make(): OwnPictures {
  return new OwnPictures({
    get reader() {
      return reader;
    },
    onChange: () => undefined,
    onReady: (id, isNew) => readyIds.push([id, isNew]),
    onWarning: (text) => warnings.push(text),
  });
}

beforeEach(() => {
  reader = new FakeReader();
  readyIds = [];
  warnings = [];
  vi.stubGlobal('URL', { createObjectURL: () => 'blob:shown' });
});

describe('own pictures', () => {
  it('are read once the visitor has agreed to the download, which is asked once', async () => {
    const own = make();
    await own.add(file);
    expect([own.state, reader.read]).toEqual(['asking', []]);
    expect(own.bytes).toBe('pictures graph'.length + 'pictures weights'.length + 8);
    await own.agree();
    expect(own.state).toBe('idle');
    await own.add(file);
    expect(readyIds).toEqual([
      ['own:1', true],
      ['own:2', true],
    ]);
    expect(own.images.map(({ id, description }) => [id, description])).toEqual([
      ['own:2', 'Your picture 2'],
      ['own:1', 'Your picture'],
    ]);
    expect(own.images[0]?.photo).toMatchObject({ url: 'blob:shown', width: 100, height: 100 });
  });

  it('that come while another is read follow it', async () => {
    const own = make();
    await own.add(file);
    reader.hold = true;
    const reading = own.agree();
    await own.add(file);
    expect(reader.read).toEqual(['own:1']);
    reader.hold = false;
    reader.release?.();
    await reading;
    expect(reader.read).toEqual(['own:1', 'own:2']);
  });

  it('that cannot be read are forgotten, and why is said', async () => {
    const own = make();
    await own.add(new Blob(['text'], { type: 'text/plain' }));
    expect(warnings).toEqual(['This file is not a picture.']);
    reader.failure = new Error('Damaged.');
    await own.add(file);
    await own.agree();
    expect(warnings.at(-1)).toBe('Damaged.');
    expect([own.state, own.images, own.has('own:1')]).toEqual(['idle', [], false]);
  });

  it('are read again by another model, after its own download was agreed to', async () => {
    const own = make();
    await own.add(file);
    await own.agree();
    own.forget();
    reader = new FakeReader();
    expect(own.isReady('own:1')).toBe(false);
    await own.read();
    expect(readyIds.at(-1)).toEqual(['own:1', false]);
    own.forget();
    reader = new FakeReader({ ...plain, imageEncoder: makeImageEncoder('other') });
    await own.read();
    expect([own.state, reader.read]).toEqual(['asking', []]);
  });

  it('are left alone by a model that reads none, which says so', async () => {
    const own = make();
    await own.add(file);
    await own.agree();
    own.forget();
    reader = new FakeReader({ ...plain, imageEncoder: null });
    await own.read();
    expect(warnings).toEqual([
      'Model tiny cannot read pictures of your own. Choose another model for them.',
    ]);
    expect([own.images.length, own.has('own:1')]).toEqual([1, true]);
    await own.add(file);
    expect(own.has('own:2')).toBe(false);
  });

  it('stay in the gallery when another model fails to read them', async () => {
    const own = make();
    await own.add(file);
    await own.agree();
    own.forget();
    reader = new FakeReader();
    reader.failure = new Error('Out of memory.');
    await own.read();
    expect([own.state, own.images.length, reader.read, warnings]).toEqual([
      'idle',
      1,
      ['own:1'],
      ['Out of memory.'],
    ]);
  });

  it('go on with the new model when it changes in between', async () => {
    const own = make();
    await own.add(file);
    const old = reader;
    old.hold = true;
    const reading = own.agree();
    reader = new FakeReader();
    own.forget();
    await own.read();
    expect(readyIds).toEqual([['own:1', true]]);
    old.failure = new Error('Closed.');
    old.release?.();
    await reading;
    expect([warnings, readyIds.length, own.state]).toEqual([[], 1, 'idle']);
  });
});
