// Builds lit.js (a script with the global `lit`), lit.mjs (a module) and playground.js, each a single
// file; the types, lit.d.ts, playground.html and its styles go beside them. Then the npm package of <lit-demo>, which
// is a single file too, since bundlers do not find a worker beside it.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

const folder = import.meta.dirname;
const root = join(folder, '../..');
const outDir = join(root, 'builder/_web/lit');
const packageDir = join(root, 'builder/_web/npm');

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
function bundle(entry, format, fileName, replaced, into = outDir) {
  const plugins = () => [replaceModules(replaced)];
  const output = { comments: false, codeSplitting: false };
  return build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: plugins(),
    build: {
      outDir: into,
      emptyOutDir: false,
      target: 'es2022',
      minify: true,
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      lib: {
        entry,
        name: 'lit',
        formats: [format],
        fileName: () => fileName,
        cssFileName: 'playground',
      },
      rolldownOptions: { output },
    },
    worker: { format: 'iife', plugins, rolldownOptions: { output } },
  });
}

/** TypeScript writes declarations of every module; those of the public ones stand alone. */
function writeTypes() {
  const scratch = mkdtempSync(join(tmpdir(), 'lit-types-'));
  try {
    const tsc = join(folder, '../node_modules/typescript/bin/tsc');
    const args = [tsc, '--project', folder, '--outDir', scratch];
    execFileSync(process.execPath, args, { stdio: 'inherit' });
    cpSync(join(scratch, 'library/lit.d.ts'), join(outDir, 'lit.d.ts'));
    cpSync(join(scratch, 'src/embed/public.d.ts'), join(packageDir, 'embed.d.ts'));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** What npm asks for beside the element itself. */
function writePackage() {
  const app = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8'));
  const about = {
    name: 'lit-demo-element',
    version: app.version,
    description: 'Shows a picture of a LiT demo with its captions on any web page.',
    license: app.license,
    type: 'module',
    exports: { '.': { types: './embed.d.ts', default: './embed.js' } },
    types: './embed.d.ts',
    // To import it defines the element.
    sideEffects: true,
    files: ['embed.js', 'embed.d.ts', 'third-party-licenses.md'],
  };
  writeFileSync(join(packageDir, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
  cpSync(join(folder, 'package/README.md'), join(packageDir, 'README.md'));
  cpSync(join(root, 'LICENSE'), join(packageDir, 'LICENSE'));
  cpSync(join(folder, '../third-party-licenses.md'), join(packageDir, 'third-party-licenses.md'));
}

for (const old of [outDir, packageDir]) rmSync(old, { recursive: true, force: true });
const script = { ...COMMON, './script-url': join(folder, 'script-url.iife.ts') };
await bundle('lit.ts', 'iife', 'lit.js', script);
await bundle('lit.ts', 'es', 'lit.mjs', COMMON);
await bundle('playground/playground.ts', 'iife', 'playground.js', {});
const embedded = {
  ...COMMON,
  './script-url': join(folder, 'package/no-script-url.ts'),
  '@lit/reactive-element/decorators/custom-element.js': join(
    folder,
    '../src/embed/custom-element.ts',
  ),
};
await bundle('../src/embed/embed.ts', 'es', 'embed.js', embedded, packageDir);
writeTypes();
writePackage();
cpSync(join(folder, 'playground/playground.html'), join(outDir, 'playground.html'));
