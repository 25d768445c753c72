import { defineConfig } from 'vite';
import { bundlePage } from '../page-bundle.ts';

/** The page of `make bench`. */
export default defineConfig(bundlePage(import.meta.dirname));
