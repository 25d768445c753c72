import { defineConfig } from 'vite';

/** Bundles TensorFlow.js, its wasm binary and the loop around it into one file for Node. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  publicDir: false,
  // Emscripten's loader looks for its folder, though the wasm binary is inlined.
  define: { __dirname: '""' },
  ssr: { noExternal: true },
  build: {
    ssr: 'node/runtime.ts',
    target: 'node20',
    outDir: '../builder/_web',
    emptyOutDir: false,
    copyPublicDir: false,
    minify: true,
    rolldownOptions: {
      output: { entryFileNames: 'tfjs-runtime.mjs', codeSplitting: false },
    },
  },
});
