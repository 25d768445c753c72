import { describe, expect, it, vi } from 'vitest';
import { measure, median, type Runner, type Subject } from './measure';

function makeSubject(changed: Partial<Runner> = {}): [Subject, Runner] {
  const runner: Runner = {
    start: vi.fn(() => Promise.resolve()),
    run: vi.fn(() => Promise.resolve()),
    verify: vi.fn(() => Promise.resolve()),
    memory: () => Promise.resolve(1234),
    close: vi.fn(),
    ...changed,
  };
  const subject: Subject = {
    id: 'tiny',
    bytes: 99,
    describeInput: (batch) => `${batch}x16`,
    open: vi.fn(() => runner),
  };
  return [subject, runner];
}

describe('measuring', () => {
  it('runs once first and then as often as asked', async () => {
    const [subject, runner] = makeSubject();
    const measured = await measure(subject, 'webgl', { batch: 3, runs: 4 });
    expect(subject.open).toHaveBeenCalledExactlyOnceWith('webgl', 3);
    expect(runner.run).toHaveBeenCalledTimes(5);
    expect(measured).toMatchObject({
      model: 'tiny',
      backend: 'webgl',
      batch: 3,
      runs: 4,
      input: '3x16',
      bytes: 99,
      memory: 1234,
    });
    expect(measured.median).toBeGreaterThanOrEqual(0);
    expect(runner.close).toHaveBeenCalledOnce();
  });

  it('gives no figures for a model that computes something else', async () => {
    const verify = (): Promise<void> => Promise.reject(new Error('Another embedding.'));
    const [subject, runner] = makeSubject({ verify });
    await expect(measure(subject, 'wasm', { batch: 1, runs: 1 })).rejects.toThrow(
      'Another embedding.',
    );
    expect(runner.close).toHaveBeenCalledOnce();
  });

  it('takes the median of an odd and of an even number of runs', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 9])).toBe(3);
  });
});
