import type { UserConfig } from 'vite';

/** How a page for a test or a bench is bundled into page.js; --outDir says where that goes. */
export function bundlePage(folder: string): UserConfig {
  return {
    root: folder,
    base: './',
    publicDir: false,
    build: {
      target: 'es2022',
      assetsInlineLimit: 0,
      rolldownOptions: { input: `${folder}/page.ts`, output: { entryFileNames: 'page.js' } },
    },
  };
}
