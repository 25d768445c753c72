/**
 * Takes the place of Lit's `customElement`, which throws where a page has another version of these
 * elements already: that version then does it all.
 */
export function customElement(name: string): (element: CustomElementConstructor) => void {
  return (element) => {
    if (!customElements.get(name)) customElements.define(name, element);
  };
}
