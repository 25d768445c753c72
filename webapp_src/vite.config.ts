import { defineConfig } from 'vite';
import { listRuntimeFiles } from './runtime-files.ts';

// The app is built into the Python package, which copies it into every site it writes and renders
// the page itself; so there is no HTML here, only the script, its styles and Vite's manifest.
export default defineConfig({
  base: './',
  publicDir: false,
  build: {
    outDir: '../builder/_web/app',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    rolldownOptions: { input: 'src/main.ts' },
  },
  worker: { format: 'es', plugins: () => [listRuntimeFiles()] },
});
