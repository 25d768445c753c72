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

const ARGUMENT = [{ name: 's', type: 'DT_FLOAT' }];
const FUNCTION = (name: string, dtype: string, nodeDef: object[], result: string): object => ({
  signature: { name, inputArg: ARGUMENT, outputArg: [{ name: 'result', type: dtype }] },
  nodeDef,
  ret: { result },
});
/** The same embeddings, doubled until their sum is at least 20. */
const LOOP_GRAPH = {
  userDefinedMetadata: { needsAsync: true },
  modelTopology: {
    ...GRAPH.modelTopology,
    node: [
      ...GRAPH.modelTopology.node.slice(0, -1),
      { name: 'mean', op: 'Mean', input: ['rows', 'tokenAxis'], attr: { T: FLOAT } },
      {
        name: 'loop',
        op: 'StatelessWhile',
        input: ['mean'],
        attr: { cond: { func: { name: 'small' } }, body: { func: { name: 'double' } } },
      },
      { name: 'ztxt', op: 'Identity', input: ['loop'] },
    ],
    library: {
      function: [
        FUNCTION(
          'small',
          'DT_BOOL',
          [
            { name: 'limit', op: 'Const' },
            { name: 'axes', op: 'Const' },
            { name: 'sum', op: 'Sum', input: ['s', 'axes'] },
            { name: 'isSmall', op: 'Less', input: ['sum', 'limit'] },
          ],
          'isSmall',
        ),
        FUNCTION('double', 'DT_FLOAT', [{ name: 'twice', op: 'Add', input: ['s', 's'] }], 'twice'),
      ],
    },
  },
  weightsManifest: [
    {
      paths: ['weights.bin'],
      weights: [
        { name: 'limit', shape: [], dtype: 'float32' },
        { name: 'axes', shape: [2], dtype: 'int32' },
        ...(GRAPH.weightsManifest[0]?.weights ?? []),
      ],
    },
  ],
};
const LOOP_FILES: EncoderFiles = {
  ...FILES,
  model: file(LOOP_GRAPH),
  weights: [Float32Array.of(20).buffer, Int32Array.of(0, 1).buffer, ...FILES.weights],
};

const [model] = makeManifest().models;
const SPEC: EncoderSpec = {
  tokenizer: { ...model.tokenizer, file: fileRef('vocabulary.json', ''), maxLength: 4 },
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

  it('runs a graph with a loop', async () => {
    const encoder = await PromptEncoder.load(SPEC, LOOP_FILES);
    expect((await encoder.embed(['a a'])).map((row) => [...row])).toEqual([[11, 13]]);
    expect((await encoder.embed(['a'])).map((row) => [...row])).toEqual([[12, 16]]);
    encoder.dispose();
  });

  it.each([
    ['without loops', FILES],
    ['with a loop', LOOP_FILES],
  ])('leaves no tensor behind %s', async (_, files) => {
    const before = memory().numTensors;
    const encoder = await PromptEncoder.load(SPEC, files);
    await encoder.embed(['a']);
    const loaded = memory().numTensors;
    for (let run = 0; run < 5; run++) await encoder.embed(['a', 'a a', '']);
    expect(memory().numTensors).toBe(loaded);
    encoder.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
