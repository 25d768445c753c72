/** ONNX Runtime Web with its wasm backend on one thread. */
import { LENGTH, type Prompts, type Runner } from './runner';

/** The parts of onnxruntime-web that are used; only the bench installs it. */
interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads: number; wasmPaths: string } };
  readonly InferenceSession: {
    create(url: string, options: object): Promise<Session>;
  };
  readonly Tensor: new (dtype: 'int64', data: BigInt64Array, dims: number[]) => object;
}

interface Session {
  run(feeds: Record<string, object>): Promise<Record<string, { readonly data: Float32Array }>>;
}

const MODELS = { float32: 'models/onnx/tower.onnx', int8: 'models/onnx/tower-int8.onnx' };

export async function makeRunners(): Promise<Map<string, Runner>> {
  const url = new URL('ort/ort.wasm.min.mjs', document.baseURI).href;
  const ort = (await import(/* @vite-ignore */ url)) as OnnxRuntime;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = new URL('.', url).href;
  const runners = new Map<string, Runner>();
  for (const [name, file] of Object.entries(MODELS)) {
    const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] });
    runners.set(`ONNX Runtime Web, ${name}`, {
      prepare: () => undefined,
      run: (prompts) => runModel(ort, session, prompts),
    });
  }
  return runners;
}

async function runModel(
  ort: OnnxRuntime,
  session: Session,
  { count, tokens }: Prompts,
): Promise<Float32Array> {
  const input = new ort.Tensor('int64', BigInt64Array.from(tokens, BigInt), [count, LENGTH]);
  const { embeddings } = await session.run({ tokens: input });
  if (!embeddings) throw new Error('The ONNX model has no output named embeddings.');
  return embeddings.data;
}
