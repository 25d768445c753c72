// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { customElement } from './custom-element';

it('leaves a name to the version of the element that came first', () => {
  const First = class extends HTMLElement {};
  const Second = class extends HTMLElement {};
  for (const version of [First, Second]) customElement('lit-demo-twice')(version);
  expect(customElements.get('lit-demo-twice')).toBe(First);
});
