// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { find, findAll, mount, press, record } from '../../testing/mount';
import { LitDemoPad } from './lit-demo-pad';
import type { Drawing } from './strokes';

it('draws with keys between setting the pen down and lifting it', async () => {
  const drawings = record('drawing-changed') as Drawing[];
  const pad = await mount(LitDemoPad, {});
  const canvas = find(pad, 'canvas');
  for (const key of ['ArrowDown', ' ', 'ArrowDown', 'PageDown', ' ', 'ArrowDown'])
    press(canvas, key);
  expect(drawings.map((drawing) => drawing[0]?.length)).toEqual([1, 2, 3]);
  await pad.updateComplete;
  expect(findAll(pad, '[role=status]')[0]?.textContent.trim()).toBe('Pen up.');
});

it('takes back the last stroke, or all, by key', async () => {
  const line = [
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ];
  const pad = await mount(LitDemoPad, { drawing: [line, line, line] });
  const canvas = find(pad, 'canvas');
  press(canvas, 'Backspace');
  press(canvas, 'z', { ctrlKey: true });
  expect(pad.drawing).toHaveLength(1);
  press(canvas, 'Delete');
  expect(pad.drawing).toEqual([]);
});

it('leaves keys alone that mean something else', async () => {
  const pad = await mount(LitDemoPad, {});
  const canvas = find(pad, 'canvas');
  expect(press(canvas, 'Tab').defaultPrevented).toBe(false);
  expect(press(canvas, 'ArrowLeft', { altKey: true }).defaultPrevented).toBe(false);
  expect(press(canvas, 'ArrowLeft').defaultPrevented).toBe(true);
});

it('draws in browsers that do not gather the moves of a pen', async () => {
  const pad = await mount(LitDemoPad, {});
  const canvas = find(pad, 'canvas');
  canvas.setPointerCapture = () => undefined;
  canvas.getBoundingClientRect = () => new DOMRect(0, 0, 10, 10);
  for (const [kind, clientX] of [
    ['pointerdown', 0],
    ['pointermove', 5],
  ] as const) {
    const event = new PointerEvent(kind, { pointerId: 1, clientX });
    Reflect.deleteProperty(event, 'getCoalescedEvents');
    canvas.dispatchEvent(event);
  }
  expect(pad.drawing[0]?.map(({ x }) => x)).toEqual([0, 0.5]);
});
