// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onPictureBrought } from './brought-picture';

const file = new File(['a'], 'a.png', { type: 'image/png' });
let taken: File[];
let takes: boolean;
let stop: () => void;

function bring(type: string, property: string, files: readonly File[]): Event {
  const event = new Event(type, { bubbles: true, cancelable: true });
  Object.defineProperty(event, property, {
    value: { files, types: files.length ? ['Files'] : [] },
  });
  document.body.dispatchEvent(event);
  return event;
}

beforeEach(() => {
  taken = [];
  takes = true;
  stop = onPictureBrought((brought) => {
    taken.push(brought);
    return takes;
  });
});

afterEach(() => {
  stop();
});

it.each([
  ['drop', 'dataTransfer'],
  ['paste', 'clipboardData'],
])('takes a file of a %s from the browser, and leaves all else to it', (type, property) => {
  expect(bring(type, property, [file]).defaultPrevented).toBe(true);
  expect(bring(type, property, []).defaultPrevented).toBe(false);
  takes = false;
  expect(bring(type, property, [file]).defaultPrevented).toBe(false);
  expect(taken).toEqual([file, file]);
  stop();
  bring(type, property, [file]);
  expect(taken).toHaveLength(2);
});

it('lets files be dropped', () => {
  expect(bring('dragover', 'dataTransfer', [file]).defaultPrevented).toBe(true);
  expect(bring('dragover', 'dataTransfer', []).defaultPrevented).toBe(false);
});
