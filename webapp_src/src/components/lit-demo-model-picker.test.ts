// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import type { EncoderStatus } from '../inference/encoder-status';
import { makeManifest } from '../testing/sample-manifest';
import { button, find, findAll, mount, record } from '../testing/mount';
import { LitDemoModelPicker } from './lit-demo-model-picker';

const { models } = makeManifest();

function mountPicker(encoder: EncoderStatus): Promise<LitDemoModelPicker> {
  return mount(LitDemoModelPicker, { models, model: models[0], encoder });
}

it('lists the models with their sizes and tells which was chosen', async () => {
  const picker = await mountPicker({ status: 'idle' });
  const chosen = record('model-chosen');
  expect(findAll(picker, '.name').map(({ textContent }) => textContent)).toEqual([
    'Model tiny',
    'Model small',
  ]);
  expect(findAll(picker, '.size')[0]?.textContent).toBe('0.0 MB');
  const [tiny, small] = findAll<HTMLInputElement>(picker, 'input');
  expect(tiny?.checked).toBe(true);
  small?.click();
  expect(chosen).toEqual([{ modelId: 'small' }]);
});

it('gives no size for a model without an encoder', async () => {
  const model = { ...models[0], tokenizer: null, encoder: null };
  const picker = await mount(LitDemoModelPicker, { models: [model], model });
  expect(find(picker, '.size').textContent).toBe('Example captions only');
});

it.each([
  [{ status: 'absent' }, 'This model answers its example captions only.'],
  [{ status: 'idle' }, 'The model loads when you need it.'],
  [{ status: 'preparing' }, 'Preparing the model…'],
  [{ status: 'ready', backend: 'webgl' }, 'The model is ready.'],
] as [EncoderStatus, string][])('says of %j “%s”', async (encoder, text) => {
  const picker = await mountPicker(encoder);
  expect(find(picker, '[role=status]').textContent).toBe(text);
  expect(findAll(picker, 'progress, button')).toEqual([]);
});

it('shows how many bytes have come, and that it tries again', async () => {
  const picker = await mountPicker({ status: 'loading', loaded: 1.25e6, total: 5e6, attempt: 2 });
  const progress = find(picker, 'progress') as HTMLProgressElement;
  expect([progress.value, progress.max]).toEqual([1.25e6, 5e6]);
  expect(find(picker, '.load span').textContent.trim()).toBe('1.3 MB of 5.0 MB');
  expect(find(picker, '[role=status]').textContent).toContain('Loading the model again');
});

it('offers to try again after a failure', async () => {
  const picker = await mountPicker({ status: 'failed', message: 'The network failed.' });
  const retries = record('retry-requested');
  expect(find(picker, '[role=status]').textContent).toContain('The network failed.');
  button(picker, 'Try again').click();
  expect(retries).toHaveLength(1);
});
