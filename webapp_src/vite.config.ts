import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { listRuntimeFiles } from './runtime-files.ts';

// The app is built into the Python package, which copies it into every site it writes and renders
// pages itself; so there is no HTML here, only scripts, their styles and Vite's manifest. Each entry is
// the script of a page, but functions.ts, which the pages of authors' own templates import, and
// unstarted.ts and visitor-language.ts, classic scripts of every page and of some, and the styles of a
// page without a script.
//
// Comments go, since TensorFlow.js repeats its licence in each of 500 modules; a file holds them all.
export const output = { comments: false };

const noThreads = new URL('no-threads.ts', import.meta.url).pathname;
export const withoutThreads = {
  '../wasm-out/tfjs-backend-wasm-threaded-simd.js': noThreads,
  '../wasm-out/tfjs-backend-wasm-threaded-simd.worker.js': noThreads,
};

/** Leaves the licences where the builder finds them, which writes a page of them. */
function addLicenses(): Plugin {
  return {
    name: 'add-licenses',
    generateBundle() {
      const source = readFileSync(new URL('third-party-licenses.md', import.meta.url));
      this.emitFile({ type: 'asset', fileName: '.vite/licenses.md', source });
    },
  };
}

/** Leaves the catalogues where the builder finds them, which writes a few texts into pages itself. */
function addCatalogues(): Plugin {
  const folder = new URL('src/localization/catalogues/', import.meta.url);
  return {
    name: 'add-catalogues',
    generateBundle() {
      for (const name of readdirSync(folder)) {
        const source = readFileSync(new URL(name, folder));
        this.emitFile({ type: 'asset', fileName: `.vite/catalogues/${name}`, source });
      }
    },
  };
}

/** How every build makes the workers, which therefore have the same files in all of them. */
export const worker: NonNullable<UserConfig['worker']> = {
  format: 'es',
  plugins: () => [listRuntimeFiles()],
  rolldownOptions: { output },
};

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [addLicenses(), addCatalogues()],
  resolve: { alias: withoutThreads },
  build: {
    outDir: '../builder/_web/app',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: [
        'src/pages/demo/main.ts',
        'src/pages/gallery/main.ts',
        'src/pages/benchmark/main.ts',
        'src/pages/function/main.ts',
        'src/pages/mnist/main.ts',
        'src/inference/functions/functions.ts',
        'src/pages/unstarted.ts',
        'src/pages/visitor-language.ts',
        'src/plain-page.css',
      ],
      preserveEntrySignatures: 'exports-only',
      output,
    },
  },
  worker,
});
