// Builds lit.js (a script with the global `lit`), lit.mjs (a module) and playground.js, each a single
// file; the types, lit.d.ts, and playground.html go beside them.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

const folder = import.meta.dirname;
const outDir = join(folder, '../../builder/_web/lit');

/** What replaces modules of the web app: a worker within the file, and one backend without threads. */
const COMMON = {
  './encoder-script': join(folder, 'inline-script.ts'),
  '@tensorflow/tfjs-backend-webgl': join(folder, 'no-backend.ts'),
  '@tensorflow/tfjs-backend-webgpu': join(folder, 'no-backend.ts'),
  '@tensorflow/tfjs-backend-cpu': join(folder, 'no-backend.ts'),
  '../wasm-out/tfjs-backend-wasm-threaded-simd.js': join(folder, '../no-threads.ts'),
  '../wasm-out/tfjs-backend-wasm-threaded-simd.worker.js': join(folder, '../no-threads.ts'),
  '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url':
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url',
};

function replaceModules(replaced) {
  return {
    name: 'replace-modules',
    enforce: 'pre',
    async resolveId(source, importer) {
      const target = replaced[source];
      if (!target) return null;
      return target.startsWith('/') ? target : this.resolve(target, importer);
    },
  };
}

/** One file; `replaced` holds in it and in its worker. */
function bundle(entry, format, fileName, replaced) {
  const plugins = () => [replaceModules(replaced)];
  const output = { comments: false, codeSplitting: false };
  return build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: plugins(),
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      minify: true,
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      lib: { entry, name: 'lit', formats: [format], fileName: () => fileName },
      rolldownOptions: { output },
    },
    worker: { format: 'iife', plugins, rolldownOptions: { output } },
  });
}

/** TypeScript writes declarations of every module; those of the public one stand alone. */
function writeTypes() {
  const scratch = mkdtempSync(join(tmpdir(), 'lit-types-'));
  try {
    const tsc = join(folder, '../node_modules/typescript/bin/tsc');
    const args = [tsc, '--project', folder, '--outDir', scratch];
    execFileSync(process.execPath, args, { stdio: 'inherit' });
    cpSync(join(scratch, 'library/lit.d.ts'), join(outDir, 'lit.d.ts'));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

rmSync(outDir, { recursive: true, force: true });
const script = { ...COMMON, './script-url': join(folder, 'script-url.iife.ts') };
await bundle('lit.ts', 'iife', 'lit.js', script);
await bundle('lit.ts', 'es', 'lit.mjs', COMMON);
await bundle('playground/playground.ts', 'iife', 'playground.js', {});
writeTypes();
for (const file of ['playground.html', 'playground.css']) {
  cpSync(join(folder, 'playground', file), join(outDir, file));
}
