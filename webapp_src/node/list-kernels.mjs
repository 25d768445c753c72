// Prints builder/tfjs/kernels.json: which kernels every op of the graph model converter needs, and
// which kernels every backend has, read from the installed npm packages of TensorFlow.js.
//
//     node webapp_src/node/list-kernels.mjs > builder/tfjs/kernels.json
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const packages = resolve(fileURLToPath(import.meta.url), '../../node_modules/@tensorflow');
const read = (...path) => readFileSync(join(packages, ...path), 'utf8');
const matches = (text, pattern) => [...text.matchAll(pattern)];
const sorted = (items) => [...new Set(items)].sort();

// The identifiers of kernels in the source, and their names.
const kernelNames = new Map(
  matches(read('tfjs-core/dist/kernel_names.js'), /export const (\w+) = '(\w+)'/g).map((m) => [
    m[1],
    m[2],
  ]),
);

// Run for tensors of complex64 only, which graphs exported from here never hold.
const COMPLEX = new Set(['Complex', 'ComplexAbs']);

// The ops that run other graphs, which the executor itself does; they need executeAsync().
const CONTROL_FLOW = new Set(['StatelessIf', 'StatelessWhile']);

/** File of every function in tfjs-core/dist/ops, as "matMul" or "fused.matMul". */
function listFunctions() {
  const files = new Map();
  const root = join(packages, 'tfjs-core/dist/ops');
  for (const file of readdirSync(root, { recursive: true })) {
    if (!file.endsWith('.js') || file.endsWith('_test.js')) continue;
    // The converter writes ops.fused.matMul and ops.image.transform, but ops.fft and ops.norm.
    const namespace = ['.', 'spectral'].includes(dirname(file)) ? '' : `${dirname(file)}.`;
    for (const [, name] of matches(
      read('tfjs-core/dist/ops', file),
      /^export (?:const |function |\{ (?=\w+ \};))(\w+)/gm,
    ))
      files.set(namespace + name, join(root, file));
  }
  return files;
}

/** The kernels that a file runs itself, or else those of the ops that it is made of. */
function kernelsOf(file) {
  const text = readFileSync(file, 'utf8');
  const own = matches(text, /runKernel\((?:(\w+)|'(\w+)')/g).map(
    ([, identifier, name]) => name ?? kernelNames.get(identifier),
  );
  if (own.length > 0) return own.filter((name) => name !== undefined && !COMPLEX.has(name));
  return matches(text, /^import .* from '(\.\.?\/[\w/]+)'/gm)
    .map((m) => `${resolve(dirname(file), m[1])}.js`)
    .filter((path) => path.includes('/dist/ops/'))
    .flatMap(kernelsOf);
}

/** The `case` groups of an executor: the ops named, and the text that runs them. */
function* cases(text) {
  const labels = matches(text, /case '(\w+)':/g);
  let names = [];
  for (const [i, label] of labels.entries()) {
    names.push(label[1]);
    const body = text.slice(label.index + label[0].length, labels[i + 1]?.index);
    if (body.trim() === '') continue;
    yield { names, body };
    names = [];
  }
}

function listOps() {
  const functions = listFunctions();
  const folder = 'tfjs-converter/dist/operations/executors';
  // Those of the other executors need executeAsync().
  const synchronous = readdirSync(join(packages, folder)).filter(
    (f) => f.endsWith('_executor.js') && !/^(control|dynamic|hash_table)/.test(f),
  );
  const ops = {};
  for (const file of synchronous)
    for (const { names, body } of cases(read(folder, file)))
      for (const name of names)
        ops[name] = sorted(
          matches(body, /\bops\.((?:\w+\.)?\w+)\(/g)
            .map((m) => functions.get(m[1]))
            .filter((path) => path !== undefined)
            .flatMap(kernelsOf),
        );
  for (const { names } of cases(read(folder, 'control_executor.js')))
    for (const name of names.filter((n) => CONTROL_FLOW.has(n))) ops[name] = [];
  return Object.fromEntries(Object.entries(ops).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function listKernels(backend) {
  const byLowerCase = new Map([...kernelNames.values()].map((name) => [name.toLowerCase(), name]));
  const imports = matches(
    read(`tfjs-backend-${backend}/dist/register_all_kernels.js`),
    /from '\.\/kernels\/(\w+)'/g,
  );
  return sorted(imports.map((m) => byLowerCase.get(basename(m[1]).toLowerCase())).filter(Boolean));
}

// The one list of backends is Backend in builder/manifest.py.
const schema = new URL('../src/generated/manifest.schema.json', import.meta.url);
const backends = sorted(JSON.parse(readFileSync(schema, 'utf8')).$defs.Backend.enum);
const table = {
  version: JSON.parse(read('tfjs-core/package.json')).version,
  ops: listOps(),
  backends: Object.fromEntries(backends.map((name) => [name, listKernels(name)])),
};
// One line per op and per backend, so that a new version shows as a readable difference.
const lines = (entries) =>
  Object.entries(entries)
    .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(',\n');
process.stdout.write(`{
  "version": ${JSON.stringify(table.version)},
  "ops": {\n${lines(table.ops)}\n  },
  "backends": {\n${lines(table.backends)}\n  }\n}\n`);
