import { version_core } from '@tensorflow/tfjs-core';
import { expose, transfer } from 'comlink';
import type { Backend, FileRef } from '../generated/manifest';
import { startBackend, usedBytes } from './start-backend';
import { PromptEncoder } from './encoder';
import type { EncoderFiles } from './encoder-files';
import type { Check, Usage } from './encoder-report';
import type { EncoderSpec } from './encoder-spec';
import { holdLife } from './worker-life';
import type { Reading } from '../tokenizers/tokenizer';
import { verifyGoldens, type GoldenRow } from './goldens';
import { transferredBytes } from './transferred';

const TIMED_RUNS = 3;

/** What the page can ask of a worker; each worker holds one encoder in one backend. */
export interface WorkerApi {
  /**
   * Starts the backend, which downloads one of the app's `files`.
   *
   * @returns Whether the page can see when the worker ends: see `holdLife`.
   */
  start(backend: Backend, files: readonly FileRef[]): Promise<boolean>;
  /** Builds the encoder in that backend. */
  build(spec: EncoderSpec, files: EncoderFiles): Promise<void>;
  /** @throws Error if the encoder does not reproduce the goldens. */
  verify(goldens: readonly GoldenRow[]): Promise<number>;
  /** Builds the encoder and checks it. */
  load(spec: EncoderSpec, files: EncoderFiles, goldens: readonly GoldenRow[]): Promise<Check>;
  /** A unit row, float32[dim], for each text. */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  /** int32[maxLength]: the token row of a text. */
  tokenize(text: string): Int32Array;
  /** What the tower reads of each text. */
  read(texts: readonly string[]): Reading[];
  usage(): Usage;
}

let encoder: PromptEncoder | undefined;

const api: WorkerApi = {
  async start(backend, files) {
    const holds = holdLife();
    await startBackend(backend, files);
    return holds;
  },

  async build(spec, files) {
    encoder = await PromptEncoder.load(spec, files);
  },

  verify: (goldens) => verifyGoldens(loaded(), goldens),

  async load(spec, files, goldens) {
    await api.build(spec, files);
    const deviation = await api.verify(goldens);
    return { deviation, milliseconds: await measure(loaded()) };
  },

  async embed(texts) {
    const rows = await loaded().embed(texts);
    return transfer(
      rows,
      rows.map((row) => row.buffer as ArrayBuffer),
    );
  },

  tokenize: (text) => loaded().tokenize(text),

  read: (texts) => loaded().read(texts),

  usage: () => ({
    memory: usedBytes(),
    downloaded: transferredBytes(),
    version: version_core,
  }),
};

function loaded(): PromptEncoder {
  if (!encoder) throw new Error('The encoder has not been loaded.');
  return encoder;
}

async function measure(measured: PromptEncoder): Promise<number> {
  let fastest = Infinity;
  for (let run = 0; run < TIMED_RUNS; run++) {
    const start = performance.now();
    await measured.embed(['a photo']);
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}

expose(api);
