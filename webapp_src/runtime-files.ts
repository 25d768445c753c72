import type { Plugin } from 'vite';

/** The parts of Rolldown's output chunks that are used here. */
interface Chunk {
  readonly fileName: string;
  readonly isEntry: boolean;
  readonly imports: readonly string[];
  readonly moduleIds: readonly string[];
}

/**
 * Writes `.vite/WORKER.json` for the script of a worker: all the `files` that belong to it, and as
 * `runtime` those that it loads to compute, if that takes TensorFlow.js with the wasm backend, which is
 * the floor everywhere. The builder puts the former into a site and adds the latter up for the author.
 */
export function listRuntimeFiles(): Plugin {
  return {
    name: 'list-runtime-files',
    generateBundle(_options, bundle) {
      const outputs = Object.values(bundle);
      const chunks = outputs.filter((output) => output.type === 'chunk');
      const worker = chunks.find(({ isEntry }) => isEntry);
      if (!worker) throw new Error('The worker bundle has no entry.');
      const backend = chunks.find(holdsBackend);
      const runtime = [
        ...loadedWith(chunks, worker),
        ...(backend ? [...loadedWith(chunks, backend), wasmOf(outputs)] : []),
      ];
      const files = outputs.map(({ fileName }) => fileName);
      this.emitFile({
        type: 'asset',
        fileName: `.vite/${worker.fileName.replace(/^.*\//, '')}.json`,
        source: JSON.stringify({ files, runtime: [...new Set(runtime)] }),
      });
    },
  };
}

function holdsBackend({ moduleIds }: Chunk): boolean {
  return moduleIds.some((id) => id.endsWith('tfjs-backend-wasm/dist/backend_wasm.js'));
}

function wasmOf(outputs: readonly { readonly fileName: string }[]): string {
  const wasm = outputs.find(({ fileName }) => /backend-wasm-simd.*\.wasm$/.test(fileName));
  if (!wasm) throw new Error('The worker bundle holds no wasm binary with SIMD.');
  return wasm.fileName;
}

/** A chunk and all that it imports statically. */
function loadedWith(chunks: readonly Chunk[], root: Chunk): string[] {
  const files = new Set([root.fileName]);
  for (const file of files) {
    const chunk = chunks.find(({ fileName }) => fileName === file);
    for (const imported of chunk?.imports ?? []) files.add(imported);
  }
  return [...files];
}
