import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { listRuntimeFiles } from './runtime-files.ts';

// The app is built into the Python package, which copies it into every site it writes and renders
// pages itself; so there is no HTML here, only scripts, their styles and Vite's manifest. Each entry is
// the script of a page, but functions.ts, which the pages of authors' own templates import,
// unstarted.ts, a classic script of every page, and embed.ts, which pages of others import by its name.
//
// Comments go, since TensorFlow.js repeats its licence in each of 500 modules; a file holds them all.
const output = { comments: false };

const noThreads = new URL('no-threads.ts', import.meta.url).pathname;
const withoutThreads = {
  '../wasm-out/tfjs-backend-wasm-threaded-simd.js': noThreads,
  '../wasm-out/tfjs-backend-wasm-threaded-simd.worker.js': noThreads,
};

/** Has elements be defined where there is none of their name yet: custom-element.ts says why. */
const guardedElements = {
  '@lit/reactive-element/decorators/custom-element.js': new URL(
    'src/embed/custom-element.ts',
    import.meta.url,
  ).pathname,
};

function addLicenses(): Plugin {
  return {
    name: 'add-licenses',
    generateBundle() {
      const source = readFileSync(new URL('third-party-licenses.md', import.meta.url));
      this.emitFile({ type: 'asset', fileName: 'assets/licenses.md', source });
    },
  };
}

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [addLicenses()],
  resolve: { alias: { ...withoutThreads, ...guardedElements } },
  build: {
    outDir: '../builder/_web/app',
    emptyOutDir: true,
    manifest: true,
    // It would write into the heads of pages that embed.js is on.
    modulePreload: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: [
        'src/pages/demo/main.ts',
        'src/pages/benchmark/main.ts',
        'src/pages/function/main.ts',
        'src/pages/mnist/main.ts',
        'src/inference/functions/functions.ts',
        'src/pages/unstarted.ts',
        'src/embed/embed.ts',
      ],
      preserveEntrySignatures: 'exports-only',
      output: {
        ...output,
        entryFileNames: ({ name }) => (name === 'embed' ? 'embed.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  worker: {
    format: 'es',
    plugins: () => [listRuntimeFiles()],
    rolldownOptions: { output },
  },
});
