import { defineConfig } from 'vite';
import { output } from './vite.config.ts';

// The author's page and the script that shows news of a demo in its pages: `lit-demo dev` serves both,
// and no site has them.
export default defineConfig({
  root: 'src/pages/dev',
  base: '/_dev/',
  publicDir: false,
  build: {
    outDir: '../../../../builder/_web/dev',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['index.html', 'waiting.html', 'live.ts'].map((name) => `src/pages/dev/${name}`),
      preserveEntrySignatures: 'exports-only',
      output: {
        ...output,
        entryFileNames: ({ name }) => (name === 'live' ? 'live.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
