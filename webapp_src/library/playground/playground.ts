/** The page playground.html: every function of lit.js, called by hand. */
import type * as Lit from '../lit';
import './playground.css';

declare const lit: typeof Lit;

type Call = 'computeProbabilities' | 'computeSimilarities' | 'tokenize';

/** What a table says about one text. */
type Answer = readonly [text: string, value: string];

const UNITS: Readonly<Record<Call, string>> = {
  computeProbabilities: 'Probability',
  computeSimilarities: 'Cosine',
  tokenize: 'Token ids',
};

function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} “${id}”.`);
  return element;
}

const baseUrl = byId('base-url', HTMLInputElement);
const controls = byId('controls', HTMLFieldSetElement);
const modelMenu = byId('model', HTMLSelectElement);
const imageMenu = byId('image', HTMLSelectElement);
const picture = byId('picture', HTMLImageElement);
const textsField = byId('texts', HTMLTextAreaElement);
const status = byId('status', HTMLElement);
const results = byId('results', HTMLTableElement);

let pictures = new lit.ImageData();
let model: Lit.Model | undefined;
let busy = false;

async function openSite(): Promise<void> {
  controls.disabled = true;
  lit.setBaseUrl(baseUrl.value);
  model?.dispose();
  model = undefined;
  pictures = new lit.ImageData();
  await pictures.load();
  modelMenu.replaceChildren(...(await lit.listModels()).map((id) => new Option(id)));
  imageMenu.replaceChildren(
    ...pictures.rows.map(({ id, description }) => new Option(description, id)),
  );
  showPicture();
  controls.disabled = false;
  status.textContent = `${count(pictures.rows.length, 'picture')}.`;
}

function showPicture(): void {
  const { id, description, prompts } = pictures.get(imageMenu.value);
  picture.src = lit.getImageUrl(id);
  picture.alt = description;
  picture.hidden = false;
  textsField.value = prompts.join('\n');
}

async function run(call: Call): Promise<void> {
  const texts = textsField.value.split('\n').filter((line) => line.trim());
  showCode(call, texts);
  if (texts.length === 0) throw new Error('Write a text first.');
  const answers = await compute(call, texts);
  byId('unit', HTMLElement).textContent = UNITS[call];
  results.tBodies[0]?.replaceChildren(...answers.map(row));
  results.hidden = false;
}

async function compute(call: Call, texts: readonly string[]): Promise<Answer[]> {
  const loaded = await loadModel();
  const image = imageMenu.value;
  const start = performance.now();
  const values = await {
    computeProbabilities: async () =>
      (await loaded.computeProbabilities(texts, image)).map((p) => `${(100 * p).toFixed(1)} %`),
    computeSimilarities: async () =>
      (await loaded.computeSimilarities(texts, [image])).map((cosines) => cosines[0]?.toFixed(4)),
    tokenize: async () =>
      (await Promise.all(texts.map((text) => loaded.tokenize(text)))).map((ids) => ids.join(' ')),
  }[call]();
  status.textContent = `${(performance.now() - start).toFixed(0)} ms for ${count(texts.length, 'text')}.`;
  return texts.map((text, i) => [text, values[i] ?? '']);
}

async function loadModel(): Promise<Lit.Model> {
  if (model?.name !== modelMenu.value) {
    model?.dispose();
    model = new lit.Model(modelMenu.value);
  }
  await model.load(({ loaded, total }) => {
    status.textContent = `${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB…`;
  });
  return model;
}

function row([text, value]: Answer): HTMLTableRowElement {
  const element = document.createElement('tr');
  const heading = document.createElement('th');
  heading.scope = 'row';
  heading.textContent = text;
  element.append(heading);
  element.insertCell().textContent = value;
  return element;
}

function showCode(call: Call, texts: readonly string[]): void {
  const list = JSON.stringify(texts);
  const image = JSON.stringify(imageMenu.value);
  const args = {
    computeProbabilities: `${list}, ${image}`,
    computeSimilarities: `${list}, [${image}]`,
    tokenize: JSON.stringify(texts[0] ?? ''),
  }[call];
  byId('in-code', HTMLElement).hidden = false;
  byId('code', HTMLElement).textContent = [
    `lit.setBaseUrl(${JSON.stringify(baseUrl.value)});`,
    `const model = new lit.Model(${JSON.stringify(modelMenu.value)});`,
    'await model.load(({ loaded, total }) => console.log(loaded / total));',
    `console.log(await model.${call}(${args}));`,
  ].join('\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Runs one action at a time and says what went wrong; its button stays enabled, to keep the focus. */
async function perform(action: () => Promise<void>): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    await action();
  } catch (error) {
    status.textContent = (error as Error).message;
  } finally {
    busy = false;
  }
}

byId('site', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  void perform(openSite);
});
byId('input', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const { submitter } = event;
  void perform(() => run((submitter as HTMLButtonElement).value as Call));
});
imageMenu.addEventListener('change', showPicture);

baseUrl.value = new URL('.', location.href).href;
void perform(openSite);
