import { describe, expect, it, vi } from 'vitest';
import { makeManifest } from '../testing/manifest';
import { measure, median, type Runner, type Subject } from './measure';

function makeSubject(): Subject {
  const [model] = makeManifest().models;
  const { tokenizer, encoder } = model;
  return {
    model,
    spec: { tokenizer, encoder },
    files: { vocabulary: new ArrayBuffer(1), model: new ArrayBuffer(1), weights: [] },
    goldens: [],
  };
}

function makeRunner(changed: Partial<Runner> = {}): Runner {
  return {
    start: vi.fn(() => Promise.resolve()),
    build: vi.fn(() => Promise.resolve()),
    verify: vi.fn(() => Promise.resolve()),
    embed: vi.fn((texts: readonly string[]) => Promise.resolve(texts.map(() => Float32Array.of()))),
    memory: () => Promise.resolve(1234),
    close: vi.fn(),
    ...changed,
  };
}

describe('measuring', () => {
  it('runs the whole batch once first and then as often as asked', async () => {
    const subject = makeSubject();
    const runner = makeRunner();
    const measured = await measure(subject, 'wasm', { batch: 3, runs: 4 }, () => runner);
    expect(runner.embed).toHaveBeenCalledTimes(5);
    expect(vi.mocked(runner.embed).mock.calls[0]?.[0]).toHaveLength(3);
    expect(measured).toMatchObject({
      model: subject.model.id,
      backend: 'wasm',
      batch: 3,
      runs: 4,
      tokens: subject.spec.tokenizer.maxLength,
      memory: 1234,
    });
    expect(measured.median).toBeGreaterThanOrEqual(0);
    expect(runner.close).toHaveBeenCalledOnce();
  });

  it('gives no figures for an encoder that computes something else', async () => {
    const runner = makeRunner({ verify: () => Promise.reject(new Error('Another embedding.')) });
    const measured = measure(makeSubject(), 'webgl', { batch: 1, runs: 1 }, () => runner);
    await expect(measured).rejects.toThrow('Another embedding.');
    expect(runner.close).toHaveBeenCalledOnce();
  });

  it('takes the median of an odd and of an even number of runs', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 9])).toBe(3);
  });
});
