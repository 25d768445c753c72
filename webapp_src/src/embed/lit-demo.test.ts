// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LitDemoCard } from '../components/lit-demo-card';
import type { LitDemoPrompt } from '../components/lit-demo-prompt';
import { FakeWorker } from '../testing/fake-worker';
import { button, find, findAll, press, record } from '../testing/mount';
import { serveSampleFile } from '../testing/sample-files';
import { makeManifest } from '../testing/sample-manifest';
import { serveManifest } from '../testing/sealed-manifest';
import { LitDemo } from './lit-demo';

vi.mock('../inference/encoder-worker', () => ({ EncoderWorker: FakeWorker }));

let sites = 0;
/** A demo that no test before has asked for. */
let src: string;
/** Whether its server answers. */
let online: boolean;

beforeEach(() => {
  sites += 1;
  src = `https://${sites}.test/demo/`;
  online = true;
  FakeWorker.all = [];
  vi.stubGlobal('fetch', (url: string) => {
    if (!online && url.startsWith(src)) return Promise.reject(new TypeError('Failed to fetch'));
    if (!url.endsWith('manifest.json')) return Promise.resolve(serveSampleFile(url));
    return Promise.resolve(serveManifest(makeManifest()));
  });
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function embed(attributes: Record<string, string> = {}, content = ''): LitDemo {
  const element = new LitDemo();
  for (const [name, value] of Object.entries({ src, ...attributes })) {
    element.setAttribute(name, value);
  }
  element.innerHTML = content;
  document.body.append(element);
  return element;
}

/** The card of an element, once its captions are answered. */
function answered(element: LitDemo): Promise<LitDemoCard> {
  return vi.waitUntil(() => {
    const [card] = findAll<LitDemoCard>(element, 'lit-demo-card');
    return card?.dataset['state'] === 'current' && card;
  });
}

async function textsOf(element: LitDemo): Promise<string[]> {
  const card = await answered(element);
  return findAll<LitDemoPrompt>(card, 'lit-demo-prompt').map(({ text }) => text);
}

/** Types a caption of one's own into the box, and has it computed. */
async function type(element: LitDemo, text: string): Promise<void> {
  const draft = findAll<LitDemoPrompt>(await answered(element), 'lit-demo-prompt').at(-1);
  if (!draft) throw new Error('There is no box.');
  const box = find(draft, 'textarea') as HTMLTextAreaElement;
  box.value = text;
  box.dispatchEvent(new InputEvent('input'));
  press(box, 'Enter');
}

function openWorkers(): FakeWorker[] {
  return FakeWorker.all.filter(({ closed }) => !closed);
}

describe('an element', () => {
  it('shows the first picture and its captions, and tells the page the answer', async () => {
    const answers = record('lit-demo-answer');
    const card = await answered(embed());
    expect(card.image.id).toBe('cat');
    expect(answers).toEqual([
      {
        picture: 'cat',
        model: 'tiny',
        captions: [
          { text: 'a cat', probability: expect.closeTo(0.599, 3) as number },
          { text: 'a lion', probability: expect.closeTo(0.401, 3) as number },
        ],
      },
    ]);
  });

  it('shows what its attributes ask for, and something else when they change', async () => {
    const element = embed({ picture: 'dog', model: 'small' });
    expect(await textsOf(element)).toEqual(['a dog', '']);
    expect(find(element, 'a').getAttribute('href')).toBe(`${src}#v=1&model=small&image=dog`);
    element.setAttribute('captions', ' a dog\n\na wolf ');
    element.removeAttribute('model');
    await element.updateComplete;
    await vi.waitUntil(() => openWorkers().length === 1);
    expect(await textsOf(element)).toEqual(['a dog', 'a wolf', '']);
    expect(find(element, 'a').getAttribute('href')).toBe(
      `${src}#v=1&image=dog&prompt=a+dog&prompt=a+wolf`,
    );
  });

  it.each([
    [{ picture: 'unicorn' }, 'This demo has no picture “unicorn”.'],
    [{ model: 'huge' }, 'This demo has no model “huge”.'],
  ])('with %j says what is wrong in one sentence', async (attributes, message) => {
    const failures = record('lit-demo-error');
    const element = embed(attributes, '<p>A link instead.</p>');
    const alert = await vi.waitUntil(() => findAll(element, '[role=alert] p')[0]);
    expect(alert.textContent).toBe(message);
    expect(failures).toEqual([{ message }]);
    expect(findAll(element, 'button')).toEqual([]);
    expect(findAll(element, 'slot')).toHaveLength(1);
  });

  it('tries again when its demo could not be loaded', async () => {
    online = false;
    const element = embed();
    const alert = await vi.waitUntil(() => findAll(element, '[role=alert] p')[0]);
    expect(alert.textContent).toContain('Check the connection and try again.');
    online = true;
    button(element, 'Try again').click();
    expect(await textsOf(element)).toEqual(['a cat', 'a lion', '']);
  });

  it('lets nothing out but what it tells, and leaves the page alone', async () => {
    const before = [location.href, history.length, sessionStorage.length, localStorage.length];
    const heard = ['prompt-edited', 'card-edited', 'card-submitted', 'prompt-submitted'].map(
      record,
    );
    const element = embed();
    await type(element, 'a tiger');
    await vi.waitFor(async () => {
      expect(await textsOf(element)).toContain('a tiger');
    });
    expect(heard.flat()).toEqual([]);
    expect([location.href, history.length, sessionStorage.length, localStorage.length]).toEqual(
      before,
    );
  });
});

describe('several elements', () => {
  it('of a demo share its model, which ends with the last of them', async () => {
    const [first, second] = [embed(), embed({ picture: 'dog' })];
    await type(first, 'a tiger');
    await type(second, 'a wolf');
    await vi.waitFor(() => {
      expect(FakeWorker.all.flatMap(({ embedded }) => embedded)).toEqual([['a tiger'], ['a wolf']]);
    });
    expect(FakeWorker.all).toHaveLength(1);
    first.remove();
    expect(openWorkers()).toHaveLength(1);
    second.remove();
    await vi.waitFor(() => {
      expect(openWorkers()).toEqual([]);
    });
  });

  it('keep it while one shows another picture', async () => {
    const element = embed();
    await type(element, 'a tiger');
    await vi.waitUntil(() => openWorkers().length === 1);
    element.setAttribute('picture', 'dog');
    await vi.waitFor(async () => {
      expect(await textsOf(element)).toEqual(['a dog', '']);
    });
    await type(element, 'a wolf');
    await vi.waitFor(() => {
      expect(FakeWorker.all[0]?.embedded).toEqual([['a tiger'], ['a wolf']]);
    });
    expect(FakeWorker.all).toHaveLength(1);
  });
});
