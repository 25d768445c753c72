import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Model } from '../generated/manifest';
import { FakeWorker } from '../testing/fake-worker';
import { serveSampleFile } from '../testing/sample-files';
import { makeManifest, settle } from '../testing/sample-manifest';
import { stubNetwork } from '../testing/network';
import { findGpuBackends } from './gpu-backends';
import { gpuScout } from './gpu-scout';
import { ModelSession } from './session';
import type { EncoderStatus } from './encoder-status';

vi.mock('./encoder-worker', () => ({ EncoderWorker: FakeWorker }));
vi.mock('./gpu-backends', () => ({ findGpuBackends: vi.fn(() => Promise.resolve([])) }));

const manifest = makeManifest();
const [model] = manifest.models;
let offline = false;
let idleTasks: (() => void)[] = [];

function serve(url: string): Response {
  return offline ? new Response('', { status: 404 }) : serveSampleFile(url);
}

async function openSession(
  opened: Model = model,
): Promise<{ session: ModelSession; statuses: EncoderStatus[] }> {
  const statuses: EncoderStatus[] = [];
  const session: ModelSession = new ModelSession(manifest, opened, gpuScout, () =>
    statuses.push(session.encoder),
  );
  await session.open();
  return { session, statuses };
}

function lastWorker(): FakeWorker {
  const worker = FakeWorker.all.at(-1);
  if (!worker) throw new Error('No worker was started.');
  return worker;
}

async function idle(): Promise<void> {
  for (const task of idleTasks.splice(0)) task();
  await settle();
}

describe('a model session', () => {
  beforeEach(() => {
    FakeWorker.all = [];
    FakeWorker.failures = {};
    FakeWorker.times = {};
    offline = false;
    idleTasks = [];
    const stored = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    });
    vi.stubGlobal('navigator', { userAgent: 'a browser' });
    vi.stubGlobal('window', { requestIdleCallback: true });
    vi.stubGlobal('requestIdleCallback', (task: () => void) => idleTasks.push(task));
    vi.mocked(findGpuBackends).mockResolvedValue([]);
    stubNetwork(serve);
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('scores example prompts without an encoder', async () => {
    const { session } = await openSession();
    const [cat, lion] = session.scoreKnown('cat', ['a cat', 'a lion']) ?? [];
    expect(cat).toBeCloseTo(1 / (1 + Math.exp(-0.4)), 6);
    expect((cat ?? 0) + (lion ?? 0)).toBeCloseTo(1, 9);
    expect(session.scoreKnown('cat', ['A cat'])).toBeUndefined();
    expect(session.encoder).toEqual({ status: 'idle' });
    expect(FakeWorker.all).toEqual([]);
  });

  it('judges each prompt alone where the model was trained so', async () => {
    const { session } = await openSession({
      ...model,
      scoring: { kind: 'sigmoid', scale: 10, bias: -5 },
    });
    const [cat, lion] = session.scoreKnown('cat', ['a cat', 'a lion']) ?? [];
    expect(cat).toBeCloseTo(1 / (1 + Math.exp(-5)), 6);
    expect(lion).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(session.scoreKnown('cat', ['a lion'])).toEqual([lion]);
  });

  it('answers the example prompts of a model without an encoder, and tries nothing else', async () => {
    const { session, statuses } = await openSession({ ...model, tokenizer: null, encoder: null });
    expect(session.encoder).toEqual({ status: 'absent' });
    expect(session.scoreKnown('cat', ['a cat', 'a lion'])).toHaveLength(2);
    await session.warm();
    await expect(session.score('cat', ['a fish'])).rejects.toThrow(
      'Model tiny answers its example prompts only.',
    );
    expect(statuses).toEqual([]);
    expect(FakeWorker.all).toEqual([]);
  });

  it('encodes only texts that it has not seen', async () => {
    const { session, statuses } = await openSession();
    const [cat, fish, again] = await session.score('cat', ['a cat', 'a fish', 'a fish']);
    expect(fish).toBe(again);
    expect((cat ?? 0) / (fish ?? 1)).toBeCloseTo(Math.E, 6);
    await session.score('dog', ['a fish', 'a bird', 'a dog']);
    expect(lastWorker().embedded).toEqual([['a fish'], ['a bird']]);
    expect(session.scoreKnown('dog', ['a fish', 'a bird'])).toEqual([0.5, 0.5]);
    expect(statuses.map(({ status }) => status).filter((s, i, all) => s !== all[i - 1])).toEqual([
      'loading',
      'preparing',
      'ready',
    ]);
  });

  it('remembers which texts use what the vocabulary was cut of', async () => {
    const { session } = await openSession();
    expect(session.remarksOn('cat', 'Straße').cutShort).toBe(false);
    await session.score('cat', ['Straße', 'a fish', 'a cat']);
    expect(
      ['Straße', 'a fish', 'a cat'].map((text) => session.remarksOn('cat', text).cutShort),
    ).toEqual([true, false, false]);
  });

  it('gives cosines of texts and a picture', async () => {
    const { session } = await openSession();
    const [x, y] = session.image('cat');
    const [known, typed] = await session.cosines('cat', ['a cat', 'new']);
    const [row] = await session.embed(['a cat']);
    expect(known).toBeCloseTo((row?.[0] ?? NaN) * (x ?? NaN) + (row?.[1] ?? NaN) * (y ?? NaN));
    // The row of what is typed is (0, 1).
    expect(typed).toBeCloseTo(y ?? NaN);
  });

  it('remembers where the words begin that it does not read', async () => {
    const { session } = await openSession();
    await session.score('cat', ['a fish', 'a fish that goes on and on']);
    expect(session.remarksOn('cat', 'a fish').unreadFrom).toBeUndefined();
    expect(session.remarksOn('cat', 'a fish that goes on and on').unreadFrom).toBe(20);
  });

  it('says of an example which words the model does not read', async () => {
    const { session } = await openSession({ ...model, unread: { 'cat-0': 'cat' } });
    expect(session.remarksOn('cat', 'a cat').unreadFrom).toBe(2);
    expect(session.remarksOn('cat', 'a lion').unreadFrom).toBeUndefined();
  });

  it('loads one encoder however often it is asked', async () => {
    const { session } = await openSession();
    await Promise.all([session.warm(), session.warm(), session.score('cat', ['new'])]);
    expect(FakeWorker.all.map(({ backend }) => backend)).toEqual(['wasm']);
  });

  it('falls back to the plain backend where wasm cannot be trusted', async () => {
    FakeWorker.failures = { wasm: 'wasm computes nonsense.' };
    const { session } = await openSession();
    await session.warm();
    expect(session.encoder).toEqual({ status: 'ready', backend: 'cpu' });
    expect(FakeWorker.all.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it('says why when no backend can be trusted', async () => {
    FakeWorker.failures = { wasm: 'No wasm.', cpu: 'No luck.' };
    const { session } = await openSession();
    await expect(session.score('cat', ['new'])).rejects.toThrow('No wasm. No luck.');
    expect(session.encoder).toEqual({ status: 'failed', message: 'No wasm. No luck.' });
  });

  it('tries again after a failed download', async () => {
    const { session } = await openSession();
    offline = true;
    await expect(session.warm()).rejects.toThrow('The server answered 404');
    expect(session.encoder.status).toBe('failed');
    offline = false;
    await session.warm();
    expect(session.encoder).toEqual({ status: 'ready', backend: 'wasm' });
  });

  it('starts again on wasm when a worker dies', async () => {
    const { session } = await openSession();
    await session.warm();
    lastWorker().crash = true;
    await session.score('cat', ['new']);
    expect(FakeWorker.all.map(({ closed }) => closed)).toEqual([true, false]);
    expect(lastWorker().embedded).toEqual([['new']]);
  });

  it('moves to a GPU that is faster, and starts there the next time', async () => {
    vi.mocked(findGpuBackends).mockResolvedValue(['webgpu', 'webgl']);
    FakeWorker.times = { wasm: 100, webgpu: 60, webgl: 20 };
    const first = await openSession();
    await first.session.warm();
    expect(first.session.encoder).toEqual({ status: 'ready', backend: 'wasm' });
    await idle();
    expect(first.session.encoder).toEqual({ status: 'ready', backend: 'webgl' });
    expect(FakeWorker.all.filter(({ closed }) => !closed)).toEqual([lastWorker()]);
    await first.session.score('cat', ['new']);
    expect(lastWorker().embedded).toEqual([['new']]);

    FakeWorker.all = [];
    const second = await openSession();
    await second.session.warm();
    await idle();
    expect(FakeWorker.all.map(({ backend }) => backend)).toEqual(['webgl']);
  });

  it('stays on wasm where a GPU is not much faster or not to be trusted', async () => {
    vi.mocked(findGpuBackends).mockResolvedValue(['webgpu', 'webgl']);
    FakeWorker.times = { wasm: 100, webgpu: 90, webgl: 1 };
    FakeWorker.failures = { webgl: 'WebGL computes nonsense.' };
    const { session } = await openSession();
    await session.warm();
    await idle();
    expect(session.encoder).toEqual({ status: 'ready', backend: 'wasm' });
    expect(FakeWorker.all.map(({ closed }) => closed)).toEqual([false, true, true]);
  });

  it('forgets a GPU that stopped working', async () => {
    vi.mocked(findGpuBackends).mockResolvedValue(['webgl']);
    FakeWorker.times = { wasm: 100, webgl: 20 };
    const { session } = await openSession();
    await session.warm();
    await idle();
    lastWorker().crash = true;
    await session.score('cat', ['new']);
    expect(session.encoder).toEqual({ status: 'ready', backend: 'wasm' });
  });

  it('embeds pictures and texts, and tokenizes', async () => {
    const { session } = await openSession();
    expect(session.image('dog')).toEqual(Float32Array.of(0, 1));
    expect(() => session.image('fish')).toThrow(
      'Model tiny has no embedding of the picture “fish”.',
    );
    expect(await session.embed(['a cat', 'new', 'a cat'])).toEqual([
      Float32Array.of(1, 0),
      Float32Array.of(0, 1),
      Float32Array.of(1, 0),
    ]);
    expect(await session.tokenize('four')).toEqual(Int32Array.of(4));
  });

  it('refuses an answer with too few rows', async () => {
    const { session } = await openSession();
    await session.warm();
    vi.spyOn(lastWorker(), 'embed').mockResolvedValue([]);
    await expect(session.embed(['new'])).rejects.toThrow('The encoder returned too few rows.');
  });

  it('stops for good when closed', async () => {
    const { session, statuses } = await openSession();
    const scoring = session.score('cat', ['new']);
    session.close(new Error('Another model was chosen.'));
    await expect(scoring).rejects.toThrow('Another model was chosen.');
    await settle();
    expect(FakeWorker.all.every(({ closed }) => closed)).toBe(true);
    expect(statuses.some(({ status }) => status === 'failed' || status === 'ready')).toBe(false);
  });

  it('uses a picture that is added like any other', async () => {
    const { session } = await openSession();
    session.addImage('own', session.image('dog'));
    expect(session.scoreKnown('own', ['a cat', 'a lion'])).toEqual(
      session.scoreKnown('dog', ['a cat', 'a lion']),
    );
    expect(session.similarImages('own').slice(0, 2).sort()).toEqual(['dog', 'own']);
    expect(await session.findImages('a cat')).toHaveLength(3);
  });
});
