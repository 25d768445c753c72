import { expect, it, vi } from 'vitest';
import { LatestOnly } from './latest-only';

it('answers the first question and the newest, one at a time', async () => {
  const finish: ((answer: string) => void)[] = [];
  const asked: number[] = [];
  const answers: string[] = [];
  const live = new LatestOnly<number, string>(
    (question) => {
      asked.push(question);
      return new Promise((resolve) => finish.push(resolve));
    },
    (answer) => answers.push(answer),
    vi.fn(),
  );
  for (const question of [1, 2, 3]) live.ask(question);
  expect(asked).toEqual([1]);
  finish[0]?.('one');
  await vi.waitFor(() => {
    expect(asked).toEqual([1, 3]);
  });
  finish[1]?.('three');
  await vi.waitFor(() => {
    expect(answers).toEqual(['one', 'three']);
  });
});

it('goes on after a failure', async () => {
  const errors: string[] = [];
  const answers: string[] = [];
  const live = new LatestOnly<string, string>(
    (question) =>
      question === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve(question),
    (answer) => answers.push(answer),
    (error) => errors.push(error.message),
  );
  live.ask('bad');
  await vi.waitFor(() => {
    expect(errors).toEqual(['no']);
  });
  live.ask('good');
  await vi.waitFor(() => {
    expect(answers).toEqual(['good']);
  });
});
