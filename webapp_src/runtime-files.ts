import type { Plugin } from 'vite';

const BACKEND = 'tfjs-backend-wasm/dist/backend_wasm.js';

/** The parts of Rolldown's output chunks that are used here. */
interface Chunk {
  readonly fileName: string;
  readonly isEntry: boolean;
  readonly imports: readonly string[];
  readonly moduleIds: readonly string[];
}

/**
 * Writes `.vite/WORKER.json` for the script of a worker: all the `files` that belong to it, and as
 * `runtime` those that it loads to compute with the wasm backend, which is the floor everywhere. The
 * builder puts the former into a site and adds the latter up for the author. A worker without the
 * backend has its script alone as `runtime`.
 */
export function listRuntimeFiles(): Plugin {
  return {
    name: 'list-runtime-files',
    generateBundle(_options, bundle) {
      const outputs = Object.values(bundle);
      const chunks = outputs.filter((output) => output.type === 'chunk');
      const worker = chunks.find(({ isEntry }) => isEntry);
      const wasm = outputs.find(({ fileName }) => /backend-wasm-simd.*\.wasm$/.test(fileName));
      if (!worker) throw new Error('The worker bundle has no entry.');
      const backend = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(BACKEND)));
      if (backend && !wasm) throw new Error('The worker bundle holds no wasm binary with SIMD.');
      const runtime = [
        ...loadedWith(chunks, worker),
        ...(backend && wasm ? [...loadedWith(chunks, backend), wasm.fileName] : []),
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

/** A chunk and all that it imports statically. */
function loadedWith(chunks: readonly Chunk[], root: Chunk): string[] {
  const files = new Set([root.fileName]);
  for (const file of files) {
    const chunk = chunks.find(({ fileName }) => fileName === file);
    for (const imported of chunk?.imports ?? []) files.add(imported);
  }
  return [...files];
}
