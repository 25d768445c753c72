// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { button, find, findAll, mount, press, record } from '../testing/mount';
import { LitDemoPrompt } from './lit-demo-prompt';

function mountPrompt(properties: Partial<LitDemoPrompt>): Promise<LitDemoPrompt> {
  return mount(LitDemoPrompt, properties);
}

it('shows a probability to people, to screen readers and in full', async () => {
  const prompt = await mountPrompt({
    text: 'a cat',
    number: 2,
    probability: 0.123456789,
    best: true,
  });
  const meter = find(prompt, '[role=meter]');
  expect(find(prompt, '.value').textContent).toMatch(/Best match\s+12%/);
  expect(meter.getAttribute('aria-valuenow')).toBe('0.123457');
  expect(meter.getAttribute('aria-valuetext')).toBe('12%');
  expect(find(prompt, 'rect').style.width).toBe('12.3456789%');
  expect(prompt.dataset['probability']).toBe('0.123456789');
  expect(find(prompt, 'textarea').getAttribute('aria-label')).toBe('Caption 2');
});

it('gives no probability that is out of date or missing', async () => {
  const stale = await mountPrompt({ text: 'a cat', probability: 0.5, stale: true });
  expect(stale.dataset['probability']).toBeUndefined();
  expect(find(stale, '.value').textContent.trim()).toBe('50%');
  const missing = await mountPrompt({ text: 'a cat' });
  expect(missing.dataset['probability']).toBeUndefined();
  expect(find(missing, '[role=meter]').getAttribute('aria-valuetext')).toBe('no answer yet');
});

it('tells of edits, with pasted line breaks as spaces', async () => {
  const prompt = await mountPrompt({ text: 'a cat' });
  const edits = record('prompt-edited');
  const input = find(prompt, 'textarea') as HTMLTextAreaElement;
  input.value = 'one\r\n\r\ntwo\nthree';
  input.dispatchEvent(new Event('input'));
  expect(edits).toEqual([{ text: 'one two three' }]);
});

it('is submitted by Enter, but not while an input method composes', async () => {
  const prompt = await mountPrompt({ text: 'a cat' });
  const submits = record('prompt-submitted');
  const input = find(prompt, 'textarea');
  expect(press(input, 'Enter', { isComposing: true }).defaultPrevented).toBe(false);
  expect(submits).toHaveLength(0);
  expect(press(input, 'Enter').defaultPrevented).toBe(true);
  expect(submits).toHaveLength(1);
});

it('ties a note to the text that it is about', async () => {
  const prompt = await mountPrompt({ text: 'ein Hund', note: 'Some of this was cut.' });
  const described = find(prompt, 'textarea').getAttribute('aria-describedby') ?? '';
  expect(find(prompt, `#${described}`).textContent).toBe('Some of this was cut.');
  prompt.note = '';
  await prompt.updateComplete;
  expect(prompt.shadowRoot?.querySelector('.note')).toBeNull();
  expect(find(prompt, 'textarea').hasAttribute('aria-describedby')).toBe(false);
});

it('greys the words that were not read', async () => {
  const prompt = await mountPrompt({ text: 'a cat on a mat', unreadFrom: 6 });
  expect(find(prompt, '.read').textContent).toBe('a cat on a mat');
  expect(find(prompt, '.unread').textContent).toBe('on a mat');
  prompt.unreadFrom = undefined;
  await prompt.updateComplete;
  expect(findAll(prompt, '.read, .partly')).toEqual([]);
});

it('can be removed', async () => {
  const prompt = await mountPrompt({ text: 'a cat', number: 3 });
  const removals = record('prompt-removed');
  button(prompt, 'Remove caption 3').click();
  expect(removals).toHaveLength(1);
});

it('invites as a draft, which is not removed and shows no bar before it is answered', async () => {
  const prompt = await mountPrompt({ draft: true });
  const input = find(prompt, 'textarea') as HTMLTextAreaElement;
  expect([input.placeholder, input.getAttribute('aria-label')]).toEqual([
    'Your caption…',
    'Your caption',
  ]);
  expect(findAll(prompt, 'button, [role=meter]')).toEqual([]);
  prompt.probability = 0.5;
  await prompt.updateComplete;
  expect(find(prompt, 'rect').style.width).toBe('50%');
});

it('is neither edited nor removed where it is fixed', async () => {
  const prompt = await mountPrompt({ text: 'a cat', fixed: true });
  expect((find(prompt, 'textarea') as HTMLTextAreaElement).readOnly).toBe(true);
  expect(findAll(prompt, 'button')).toEqual([]);
});

it('shows what was typed as text', async () => {
  const prompt = await mountPrompt({ text: '<img src=x onerror=alert(1)>' });
  expect(prompt.shadowRoot?.querySelector('img')).toBeNull();
  expect((find(prompt, 'textarea') as HTMLTextAreaElement).value).toBe(
    '<img src=x onerror=alert(1)>',
  );
});

function paste(prompt: LitDemoPrompt, text: string): ClipboardEvent {
  const event = new Event('paste', { cancelable: true }) as ClipboardEvent;
  Object.assign(event, { clipboardData: { getData: () => text } });
  find(prompt, 'textarea').dispatchEvent(event);
  return event;
}

it('takes lines that are pasted into a draft as captions', async () => {
  const prompt = await mountPrompt({ draft: true });
  const pasted = record('prompts-pasted');
  expect(paste(prompt, 'a cat\r\n\n  a dog ').defaultPrevented).toBe(true);
  expect(pasted).toEqual([{ texts: ['a cat', 'a dog'] }]);
  expect(paste(prompt, 'a cat\n').defaultPrevented).toBe(false);
  const caption = await mountPrompt({ text: 'a lion' });
  expect(paste(caption, 'a cat\na dog').defaultPrevented).toBe(false);
  expect(pasted).toHaveLength(1);
});
