import { defineConfig } from 'vite';

/** Bundles the page's tokenizers and the loop around them for Node; the caller names the folder. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  publicDir: false,
  build: {
    ssr: 'node/tokenize.ts',
    target: 'node20',
    emptyOutDir: false,
    rolldownOptions: { output: { entryFileNames: 'tokenize.mjs' } },
  },
});
