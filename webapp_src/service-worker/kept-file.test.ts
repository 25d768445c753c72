import { expect, it } from 'vitest';
import { hashOf } from '../src/testing/sealed-manifest';
import { addressOf, contentAt, verify } from './kept-file';

const CONTENT = 'weights';
const EXPECTED = { sha256: hashOf(CONTENT), bytes: CONTENT.length };

it('finds a file by its content, wherever it lies', () => {
  const address = addressOf(EXPECTED, 'https://demo.test/some/where/');
  expect(address).toMatch(/^https:\/\/demo\.test\/some\/where\/\?sha256=[0-9a-f]{64}&bytes=7$/);
  expect(contentAt(address)).toEqual(EXPECTED);
  expect(contentAt('https://demo.test/some/where/manifest.json')).toBeUndefined();
});

it('keeps of an answer its content and its type', async () => {
  const headers = { 'content-type': 'text/javascript', vary: '*', 'set-cookie': 'a=b' };
  const kept = await verify(new Response(CONTENT, { headers }), EXPECTED);
  expect(await kept?.text()).toBe(CONTENT);
  expect([...(kept?.headers ?? [])]).toEqual([['content-type', 'text/javascript']]);
});

it.each([
  ['a damaged file', new Response('weighty')],
  ['a file that was cut', new Response('weight')],
  ['a web page in its place', new Response('<!doctype html><p>Welcome')],
  ['an error that says the same', new Response(CONTENT, { status: 404 })],
  ['a part of it', new Response(CONTENT, { status: 206 })],
  ['what cannot be read', Response.error()],
])('takes no %s', async (_, response) => {
  expect(await verify(response, EXPECTED)).toBeNull();
});
