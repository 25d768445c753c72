// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { button, find, mount, record } from '../testing/mount';
import { LitDemoMessages } from './lit-demo-messages';

it('reads errors out at once and warnings when there is time', async () => {
  const messages = await mount(LitDemoMessages, {
    messages: [
      { key: 1, kind: 'error', text: 'It <b>failed</b>.', offer: 'retry' },
      { key: 2, kind: 'warning', text: 'It is odd.' },
    ],
  });
  expect(find(messages, '[role=alert] p').textContent.trim()).toBe('Error: It <b>failed</b>.');
  expect(find(messages, '[role=status] p').textContent.trim()).toBe('Note: It is odd.');
});

it('can be dismissed or tried again', async () => {
  const messages = await mount(LitDemoMessages, {
    messages: [{ key: 7, kind: 'error', text: 'It failed.', offer: 'retry' }],
  });
  const dismissals = record('message-dismissed');
  const retries = record('retry-requested');
  button(messages, 'Dismiss').click();
  button(messages, 'Try again').click();
  expect(dismissals).toEqual([{ messageKey: 7 }]);
  expect(retries).toHaveLength(1);
});

it('offers the page as it is now', async () => {
  const messages = await mount(LitDemoMessages, {
    messages: [{ key: 0, kind: 'note', text: 'There is a newer version.', offer: 'reload' }],
  });
  const requests = record('reload-requested');
  button(messages, 'Show it').click();
  expect(requests).toHaveLength(1);
});

it('offers to have back what was removed', async () => {
  const messages = await mount(LitDemoMessages, {
    messages: [{ key: 7, kind: 'note', text: 'It was removed.', offer: 'undo' }],
  });
  const undone = record('undo-requested');
  button(messages, 'Undo').click();
  expect(undone).toHaveLength(1);
});
