import type { DemoEvents } from '../components/events';
import type { Demo } from '../state/demo';

type Actions = {
  readonly [Name in keyof DemoEvents]?: (demo: Demo, detail: DemoEvents[Name]) => unknown;
};

const nothing = (): void => undefined;

/**
 * What the demo does on each event of a card and of messages; those that the card deals with itself, or
 * that nobody here asks for, are not for the page around either.
 */
const ACTIONS = {
  'prompt-focused': (demo) => demo.warm(),
  'picture-failed': (demo, { url }) => {
    demo.reportPicture(url);
  },
  'card-edited': (demo, { cardKey, promptKey, text }) => {
    demo.editPrompt(cardKey, promptKey, text);
  },
  'card-extended': (demo, { cardKey, texts }) => demo.addPrompts(cardKey, texts),
  'card-shortened': (demo, { cardKey, promptKey }) => {
    demo.removePrompt(cardKey, promptKey);
  },
  'card-reset': (demo, { cardKey }) => {
    demo.resetPrompts(cardKey);
  },
  'card-submitted': (demo, { cardKey }) => demo.submit(cardKey),
  'card-used': (demo, { cardKey }) => {
    demo.activate(cardKey);
  },
  'message-dismissed': (demo, { messageKey }) => {
    demo.dismiss(messageKey);
  },
  'retry-requested': (demo) => demo.retry(),
  'undo-requested': (demo) => {
    demo.undo();
  },
  'prompt-edited': nothing,
  'prompt-left': nothing,
  'prompt-removed': nothing,
  'prompt-submitted': nothing,
  'prompts-pasted': nothing,
  'card-duplicated': nothing,
  'like-requested': nothing,
} satisfies Actions;

/** Has a demo do what elements inside a root ask for; their events go no further. */
export function listenWithin(root: EventTarget, demo: () => Demo | undefined): void {
  for (const [name, act] of Object.entries(ACTIONS)) {
    root.addEventListener(name, (event) => {
      event.stopPropagation();
      const current = demo();
      // Each action is typed by the event of its name.
      if (current) void act(current, (event as CustomEvent<never>).detail);
    });
  }
}
