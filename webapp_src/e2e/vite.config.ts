import { defineConfig } from 'vite';

/** Bundles the page of tests/e2e/test_exports.py; the folder to write it to is given by --outDir. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    rolldownOptions: { input: 'e2e/page.ts', output: { entryFileNames: 'page.js' } },
  },
});
