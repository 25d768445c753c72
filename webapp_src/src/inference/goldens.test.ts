import { expect, it } from 'vitest';
import { verifyGoldens, type Encoder } from './goldens';

const GOLDEN = {
  text: 'a cat',
  tokens: [5, 1, 0],
  row: 'cat',
  embedding: Float32Array.of(0.6, 0.8),
};

function encoderOf(tokens: number[], ...row: number[]): Encoder {
  return {
    tokenize: () => Int32Array.from(tokens),
    embed: (texts) => Promise.resolve(texts.map(() => Float32Array.from(row))),
  };
}

it('trusts an encoder that reproduces tokens and embedding, and says how far off it is', async () => {
  const deviation = await verifyGoldens(encoderOf([5, 1, 0], 0.61, 0.79), [GOLDEN]);
  expect(deviation).toBeCloseTo(1 - (0.6 * 0.61 + 0.8 * 0.79) / Math.hypot(0.61, 0.79), 6);
  expect(await verifyGoldens(encoderOf([5, 1, 0], 0.6, 0.8), [])).toBe(0);
});

it.each([[[5, 2, 0]], [[5, 1]], [[5, 1, 0, 0]]])('refuses the tokens %j', async (tokens) => {
  await expect(verifyGoldens(encoderOf(tokens, 0.6, 0.8), [GOLDEN])).rejects.toThrow(
    'This browser and the builder split “a cat” into different tokens.',
  );
});

it.each([
  [0.8, 0.6],
  [NaN, NaN],
  [0, 0],
])('refuses the embedding %d, %d', async (...row) => {
  await expect(verifyGoldens(encoderOf([5, 1, 0], ...row), [GOLDEN])).rejects.toThrow(
    'This browser’s embedding of “a cat” differs from the builder’s.',
  );
});
