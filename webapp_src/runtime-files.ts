import type { Plugin } from 'vite';

/** The parts of Rolldown's output chunks that are used here. */
interface Chunk {
  readonly fileName: string;
  readonly imports: readonly string[];
  readonly moduleIds: readonly string[];
}

/**
 * Writes `.vite/runtime.json`: the files that a page loads to compute with the wasm backend, which is
 * the floor everywhere. The builder adds them up to tell an author what a visitor downloads.
 */
export function listRuntimeFiles(): Plugin {
  return {
    name: 'list-runtime-files',
    generateBundle(_options, bundle) {
      const outputs = Object.values(bundle);
      const chunks = outputs.filter((output) => output.type === 'chunk');
      const wasm = outputs.find(({ fileName }) => /backend-wasm-simd.*\.wasm$/.test(fileName));
      const roots = ['src/inference/worker.ts', 'tfjs-backend-wasm/dist/backend_wasm.js'];
      const files = roots.flatMap((source) => loadedWith(chunks, holderOf(chunks, source)));
      if (!wasm) throw new Error('The worker bundle holds no wasm binary with SIMD.');
      this.emitFile({
        type: 'asset',
        fileName: '.vite/runtime.json',
        source: JSON.stringify([...new Set([...files, wasm.fileName])]),
      });
    },
  };
}

function holderOf(chunks: readonly Chunk[], source: string): Chunk {
  const holder = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(source)));
  if (!holder) throw new Error(`No chunk of the worker bundle holds ${source}.`);
  return holder;
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
