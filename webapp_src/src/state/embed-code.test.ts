// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { writeElements, writeFrame } from './embed-code';

const PAGE = 'https://you.test/demo/index.html#v=1&image=dog';

/** What a browser makes of HTML, but for frames, which would load. */
function parse(html: string): Element[] {
  const inert = html.replaceAll('iframe', 'lit-frame');
  return [...new DOMParser().parseFromString(inert, 'text/html').body.children];
}

describe('code for another page', () => {
  it('is a script and an element for each picture', () => {
    const cards = [
      { imageId: 'cat', texts: [] },
      { imageId: 'dog', texts: [] },
    ];
    expect(writeElements(PAGE, { modelId: undefined, cards })).toBe(
      '<script type="module" src="https://you.test/demo/embed.js"></script>\n' +
        '<lit-demo src="https://you.test/demo/" picture="cat"></lit-demo>\n' +
        '<lit-demo src="https://you.test/demo/" picture="dog"></lit-demo>',
    );
  });

  it('has the captions one a line, and whatever is in them as it was', () => {
    const texts = ['“a” <b> & "c"', 'a > b', '犬'];
    const html = writeElements(PAGE, { modelId: 'small', cards: [{ imageId: 'dog', texts }] });
    const element = parse(html).find(({ localName }) => localName === 'lit-demo');
    expect(element?.getAttribute('model')).toBe('small');
    expect(element?.getAttribute('captions')?.split('\n')).toEqual(texts);
  });

  it('may be a frame at the link of what is shown', () => {
    const cards = [{ imageId: 'dog', texts: ['a "wolf"'] }];
    const [frame] = parse(writeFrame(PAGE, { modelId: undefined, cards }, 'Cats & dogs'));
    expect(frame?.getAttribute('src')).toBe(
      'https://you.test/demo/index.html#v=1&image=dog&prompt=a+%22wolf%22',
    );
    expect(frame?.getAttribute('title')).toBe('Cats & dogs');
    expect([frame?.getAttribute('width'), frame?.getAttribute('height')]).toEqual(['700', '600']);
  });
});
