import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileRef, makeManifest } from '../testing/sample-manifest';
import { VOCABULARY } from '../testing/sample-vocabulary';
import { startBackend } from './start-backend';
import { PromptEncoder } from './encoder';
import type { EncoderFiles } from './encoder-files';
import type { EncoderSpec } from './encoder-spec';

const FLOAT = { type: 'DT_FLOAT' };

function constant(name: string, dtype: string): object {
  return { name, op: 'Const', attr: { dtype: { type: dtype }, value: { tensor: { dtype } } } };
}

/** A graph whose embedding is the mean of the tokens' rows in a table of 6 × 2. */
const GRAPH = {
  modelTopology: {
    node: [
      { name: 'tokens', op: 'Placeholder', attr: { dtype: { type: 'DT_INT32' } } },
      constant('table', 'DT_FLOAT'),
      constant('axis', 'DT_INT32'),
      constant('tokenAxis', 'DT_INT32'),
      { name: 'rows', op: 'GatherV2', input: ['table', 'tokens', 'axis'], attr: {} },
      { name: 'ztxt', op: 'Mean', input: ['rows', 'tokenAxis'], attr: { T: FLOAT } },
    ],
    library: {},
    versions: {},
  },
  weightsManifest: [
    {
      paths: ['weights.bin'],
      weights: [
        { name: 'table', shape: [6, 2], dtype: 'float32' },
        { name: 'axis', shape: [], dtype: 'int32' },
        { name: 'tokenAxis', shape: [1], dtype: 'int32' },
      ],
    },
  ],
};

function file(content: unknown): ArrayBuffer {
  return new TextEncoder().encode(JSON.stringify(content)).buffer;
}

const TABLE = Float32Array.from({ length: 12 }, (_, i) => i);
const FILES: EncoderFiles = {
  vocabulary: file(VOCABULARY),
  model: file(GRAPH),
  // Split where a table entry is cut in two, as shards may be.
  weights: splitAt(
    Buffer.concat([Buffer.from(TABLE.buffer), Buffer.from([0, 0, 0, 0, 1, 0, 0, 0])]),
    7,
  ),
};

function splitAt(bytes: Buffer, place: number): ArrayBuffer[] {
  return [bytes.subarray(0, place), bytes.subarray(place)].map(
    (part) => new Uint8Array(part).buffer,
  );
}

const [model] = makeManifest().models;
const SPEC: EncoderSpec = {
  tokenizer: { ...model.tokenizer, file: fileRef('vocabulary.json', 1), maxLength: 4 },
  encoder: model.encoder,
};

describe('the encoder of prompts', () => {
  beforeAll(async () => {
    await startBackend('cpu');
  });

  it('tokenizes and embeds any number of texts', async () => {
    const encoder = await PromptEncoder.load(SPEC, FILES);
    expect([...encoder.tokenize('a a')]).toEqual([5, 5, 1, 0]);
    const rows = await encoder.embed(['a a', 'a']);
    expect(rows.map((row) => [...row])).toEqual([
      [5.5, 6.5],
      [3, 4],
    ]);
    encoder.dispose();
  });

  it('leaves no tensor behind', async () => {
    const before = memory().numTensors;
    const encoder = await PromptEncoder.load(SPEC, FILES);
    await encoder.embed(['a']);
    const loaded = memory().numTensors;
    for (let run = 0; run < 5; run++) await encoder.embed(['a', 'a a', '']);
    expect(memory().numTensors).toBe(loaded);
    encoder.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
