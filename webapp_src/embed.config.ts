import { defineConfig } from 'vite';
import { output, withoutThreads, worker } from './vite.config.ts';

// embed.js is built alone: if it shared chunks with the pages, they would be cut into many more. Its
// workers are the pages'.
export default defineConfig({
  base: './',
  publicDir: false,
  resolve: {
    alias: {
      ...withoutThreads,
      // Lit's would throw where a page has another version of the elements.
      '@lit/reactive-element/decorators/custom-element.js': new URL(
        'src/embed/custom-element.ts',
        import.meta.url,
      ).pathname,
    },
  },
  build: {
    outDir: '../builder/_web/embed',
    emptyOutDir: true,
    // It would write into the head of the page around.
    modulePreload: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: 'src/embed/embed.ts',
      output: { ...output, entryFileNames: 'embed.js' },
    },
  },
  worker,
});
