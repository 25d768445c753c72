import { beforeEach, expect, it, vi } from 'vitest';
import { FakeImageWorker } from '../testing/fake-image-worker';
import { makeImageEncoder } from '../testing/sample-image-encoder';
import { makeManifest } from '../testing/sample-manifest';
import { stubNetwork } from '../testing/network';
import type { EncoderStatus } from './encoder-status';
import { TrustedImageEncoder } from './trusted-image-encoder';

const file = new Blob(['a picture']);

vi.mock('./image-encoder-worker', () => ({ ImageEncoderWorker: FakeImageWorker }));

const [plain] = makeManifest().models;
const statuses: EncoderStatus['status'][] = [];
let closing: AbortController;

function make(imageEncoder = makeImageEncoder()): TrustedImageEncoder {
  const encoder = new TrustedImageEncoder({ ...plain, imageEncoder }, [], closing.signal, () =>
    statuses.push(encoder.status.status),
  );
  return encoder;
}

beforeEach(() => {
  FakeImageWorker.all = [];
  FakeImageWorker.failure = undefined;
  statuses.length = 0;
  closing = new AbortController();
  stubNetwork((url) => {
    if (url.endsWith('golden.bin')) return new Response(Float32Array.of(1, 0).buffer);
    return new Response(url.endsWith('.json') ? 'pictures graph' : 'pictures weights');
  });
});

it('is loaded when the first picture comes, and once', async () => {
  const encoder = make();
  expect(FakeImageWorker.all).toEqual([]);
  const [first] = await Promise.all([encoder.embed(file), encoder.embed(file)]);
  expect(first.row).toEqual(Float32Array.of(1, 0));
  expect(FakeImageWorker.all.map(({ golden }) => golden)).toEqual([Float32Array.of(1, 0)]);
  expect([...new Set(statuses)]).toEqual(['loading', 'preparing', 'ready']);
});

it('is not used if it does not reproduce its golden, and is tried again with the next picture', async () => {
  const encoder = make();
  FakeImageWorker.failure = new Error('differs from the builder’s');
  await expect(encoder.embed(file)).rejects.toThrow('differs');
  expect([encoder.status.status, FakeImageWorker.all[0]?.ended]).toEqual(['failed', true]);
  FakeImageWorker.failure = undefined;
  await encoder.embed(file);
  expect(encoder.status.status).toBe('ready');
});

it('has another worker after one that died', async () => {
  const encoder = make();
  await encoder.embed(file);
  FakeImageWorker.all[0]?.close();
  await expect(encoder.embed(file)).rejects.toThrow('stopped');
  await encoder.embed(file);
  expect(FakeImageWorker.all).toHaveLength(2);
});

it('frees its worker when the model is closed', async () => {
  const encoder = make();
  await encoder.embed(file);
  closing.abort();
  await vi.waitFor(() => {
    expect(FakeImageWorker.all[0]?.ended).toBe(true);
  });
});

it('says that a model has none', async () => {
  const encoder = new TrustedImageEncoder(plain, [], closing.signal, () => undefined);
  expect(encoder.status.status).toBe('absent');
  await expect(encoder.embed(file)).rejects.toThrow('Model tiny cannot read pictures of your own.');
});
