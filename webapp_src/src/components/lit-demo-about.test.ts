// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { makeManifest } from '../testing/sample-manifest';
import { find, findAll, mount } from '../testing/mount';
import { LitDemoAbout } from './lit-demo-about';

const manifest = makeManifest();
const [model] = manifest.models;
const { generator } = manifest;

it.each([
  [model, 'reads captions here, in your browser', 'The captions of a picture compete'],
  [
    { ...model, scoring: { kind: 'sigmoid', scale: 100, bias: -10 } },
    'reads captions here, in your browser',
    'Each caption is judged alone',
  ],
  [
    { ...model, tokenizer: null, encoder: null },
    'answers no others',
    'The captions of a picture compete',
  ],
] as const)('says what runs where and how prompts are judged', async (shown, where, how) => {
  const about = await mount(LitDemoAbout, { model: shown, generator });
  const text = find(about, 'p:not(.links)').textContent.replaceAll(/\s+/g, ' ');
  expect(text).toContain(where);
  expect(text).toContain(how);
});

it('leads to the author’s links and to the demo’s other pages', async () => {
  const links = [{ url: 'https://example.org/paper', label: 'The paper' }];
  const about = await mount(LitDemoAbout, { model, generator, links });
  const urls = findAll<HTMLAnchorElement>(about, '.links a').map((link) =>
    link.getAttribute('href'),
  );
  expect(urls).toEqual(['https://example.org/paper', 'benchmark.html', 'playground.html']);
});

it('says nothing of scores and of code where pictures are found', async () => {
  const about = await mount(LitDemoAbout, { model, generator, scores: false });
  expect(find(about, 'p:not(.links)').textContent).not.toContain('percentages');
  expect(findAll(about, '.links a').map((link) => link.getAttribute('href'))).toEqual([
    'benchmark.html',
  ]);
});

it('names the languages of the model, if they are known', async () => {
  const terms = (about: LitDemoAbout): string[] =>
    findAll(about, 'dt').map(({ textContent }) => textContent);
  expect(terms(await mount(LitDemoAbout, { model, generator }))).not.toContain('Languages');
  const many = { ...model, languages: ['mul'] };
  const about = await mount(LitDemoAbout, { model: many, generator });
  expect(terms(about)).toContain('Languages');
  expect(find(about, 'dl').textContent).toContain('Multiple languages');
});
