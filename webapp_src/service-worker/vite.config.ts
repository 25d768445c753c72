import { defineConfig } from 'vite';

/** Bundles the service worker into one file; the builder adds a line with what a site's page needs. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  publicDir: false,
  logLevel: 'warn',
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    lib: {
      entry: 'service-worker/service-worker.ts',
      name: 'worker',
      formats: ['iife'],
      fileName: () => 'service-worker.js',
    },
    target: 'es2022',
    outDir: '../builder/_web',
    emptyOutDir: false,
    minify: true,
    rolldownOptions: { output: { comments: false, codeSplitting: false } },
  },
});
