// Prints the TypeScript types of ../src/generated/manifest.schema.json, which Python writes.
import { readFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';

const url = new URL('../src/generated/manifest.schema.json', import.meta.url);
const schema = JSON.parse(await readFile(url, 'utf8'));
const types = await compile(schema, 'SiteManifest', {
  additionalProperties: false,
  bannerComment: '/* Generated from builder/manifest.py by `make generate`; do not edit. */',
  style: { singleQuote: true },
  unreachableDefinitions: true,
});
process.stdout.write(types);
