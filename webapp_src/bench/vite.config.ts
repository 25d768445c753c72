import { mergeConfig } from 'vite';
import { bundlePage } from '../page-bundle.ts';

/** The page of `make bench`. It holds TensorFlow.js's binary, since no manifest vouches for a file. */
export default mergeConfig(bundlePage(import.meta.dirname), {
  build: { assetsInlineLimit: Number.MAX_SAFE_INTEGER },
});
