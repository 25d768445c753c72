import type { LitElement } from 'lit';

/** Puts an element with these properties into the page and waits until it is drawn. */
export async function mount<E extends LitElement>(
  Element: new () => E,
  properties: Partial<E>,
): Promise<E> {
  const element = Object.assign(new Element(), properties);
  document.body.replaceChildren(element);
  await element.updateComplete;
  return element;
}

/** An element inside a shadow root; it must be there. */
export function find(host: Element, selector: string): HTMLElement {
  const found = host.shadowRoot?.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`There is no ${selector} in ${host.localName}.`);
  return found;
}

export function findAll<E extends Element = HTMLElement>(host: Element, selector: string): E[] {
  return Array.from(host.shadowRoot?.querySelectorAll<E>(selector) ?? []);
}

/** The button with this label or text. */
export function button(host: Element, name: string): HTMLButtonElement {
  const named = (candidate: HTMLButtonElement): boolean =>
    candidate.getAttribute('aria-label') === name || candidate.textContent.trim() === name;
  const found = findAll<HTMLButtonElement>(host, 'button').find(named);
  if (!found) throw new Error(`There is no button “${name}” in ${host.localName}.`);
  return found;
}

/** The details of the events of a name that reach the page from now on. */
export function record(name: string): unknown[] {
  const details: unknown[] = [];
  document.body.addEventListener(name, (event) => details.push((event as CustomEvent).detail));
  return details;
}

export function press(target: Element, key: string, init: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', {
    key,
    bubbles: true,
    cancelable: true,
    composed: true,
    ...init,
  });
  target.dispatchEvent(event);
  return event;
}
