/**
 * What a page that embeds a demo sees of it: `<lit-demo src="https://you.github.io/demo/">`.
 *
 * Each property is the attribute of the same name; to change one shows what it asks for. `lang`, as any
 * element has it, is the language that the elements of a page speak, if the first has one; otherwise it
 * is that of the demo.
 */
export interface LitDemoElement extends HTMLElement {
  /** The demo's folder or page; null for the folder that the script came from. */
  src: string | null;
  /** The picture's id; null for the demo's first. */
  picture: string | null;
  /** The model's id; null for the demo's first. */
  model: string | null;
  /** The captions, one a line; null for those that come with the picture. */
  captions: string | null;
  /** Draws it anew, as after the page has changed its `color-scheme`. */
  requestUpdate(): void;
}

/** An answer that is shown, with the best caption first. */
export interface LitDemoAnswer {
  readonly picture: string;
  readonly model: string;
  readonly captions: readonly {
    readonly text: string;
    /** By softmax among the captions or by sigmoid, as the model scores. */
    readonly probability: number;
  }[];
}

/** What went wrong, in a sentence that the element shows. */
export interface LitDemoFailure {
  readonly message: string;
}

/** The events of the element, which bubble, with their details. */
export interface LitDemoEvents {
  'lit-demo-answer': LitDemoAnswer;
  'lit-demo-error': LitDemoFailure;
}

declare global {
  interface HTMLElementTagNameMap {
    'lit-demo': LitDemoElement;
  }

  interface HTMLElementEventMap {
    'lit-demo-answer': CustomEvent<LitDemoEvents['lit-demo-answer']>;
    'lit-demo-error': CustomEvent<LitDemoEvents['lit-demo-error']>;
  }
}
