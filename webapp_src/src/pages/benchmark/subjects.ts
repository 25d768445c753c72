import { loadFunctionFiles, verifyGolden } from '../../inference/functions/function-files';
import { FunctionWorker } from '../../inference/functions/function-worker';
import type {
  FunctionSiteManifest,
  Function as FunctionRef,
  Model,
} from '../../generated/manifest';
import { Embeddings, type EmbeddedSite } from '../../inference/embeddings';
import { encoderBytes, loadEncoderFiles } from '../../inference/encoder-files';
import { requireEncoder } from '../../inference/encoder-spec';
import { EncoderWorker } from '../../inference/encoder-worker';
import { sumBytes } from '../../inference/site-files';
import type { Subject } from './measure';

/**
 * The text encoder of a model, with the model's goldens to check it by.
 *
 * @throws Error with a sentence if the model has none or its files cannot be loaded.
 */
export async function loadEncoder(site: EmbeddedSite, model: Model): Promise<Subject> {
  const { id } = model;
  const spec = requireEncoder(model);
  const { signal } = new AbortController();
  const [files, embeddings] = await Promise.all([
    loadEncoderFiles(model, signal, () => undefined),
    Embeddings.load(site, model, signal),
  ]);
  return {
    id,
    bytes: encoderBytes(model),
    describeInput: (batch) => `${batch}x${spec.tokenizer.maxLength}`,
    open(backend, batch) {
      const worker = new EncoderWorker(backend);
      // Rows are padded to one length, so any texts take the same time.
      const texts = Array.from({ length: batch }, (_, i) => `a photo of number ${i}`);
      return {
        async start() {
          await worker.start(site.files);
          await worker.build(spec, files);
        },
        run: () => worker.embed(texts),
        verify: () => worker.verify(embeddings.goldens()),
        memory: async () => (await worker.usage()).memory,
        close: () => {
          worker.close();
        },
      };
    },
  };
}

/** A function, run on its golden's inputs and checked by its outputs. */
export async function loadFunction(site: FunctionSiteManifest, ref: FunctionRef): Promise<Subject> {
  const { id, outputs } = ref;
  const { signal } = new AbortController();
  const { files, golden } = await loadFunctionFiles(ref, signal, () => undefined);
  return {
    id,
    bytes: sumBytes([ref.model, ...ref.weights]),
    describeInput: () => ref.golden.inputs.map(({ shape }) => shape.join('x')).join(', '),
    open(backend) {
      const worker = new FunctionWorker(backend);
      return {
        async start() {
          await worker.start(site.files);
          await worker.load(files);
        },
        run: () => worker.run(golden.inputs, outputs),
        verify: () => verifyGolden(ref, worker, golden),
        memory: () => worker.memory(),
        close: () => {
          worker.close();
        },
      };
    },
  };
}
