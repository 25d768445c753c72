import { defineConfig } from 'vite';
import { bundlePage } from '../page-bundle.ts';

/** The page of tests/e2e/test_exports.py. */
export default defineConfig(bundlePage(import.meta.dirname));
