import type { Demo } from '../state/demo';
import type { DemoEvents } from './events';

type Actions = {
  readonly [Name in keyof DemoEvents]?: (demo: Demo, detail: DemoEvents[Name]) => unknown;
};

const nothing = (): void => undefined;

/**
 * What the demo does on each event of the elements that show it; those that an element deals with
 * itself, or the page does, are not for what is around either.
 */
const ACTIONS = {
  'prompt-focused': (demo) => demo.warm(),
  'picture-failed': (demo, { url }) => {
    demo.reportPicture(url);
  },
  'card-edited': (demo, { cardKey, promptKey, text }) => {
    demo.captions.edit(cardKey, promptKey, text);
  },
  'card-extended': (demo, { cardKey, texts }) => demo.captions.add(cardKey, texts),
  'card-shortened': (demo, { cardKey, promptKey }) => {
    demo.captions.remove(cardKey, promptKey);
  },
  'card-reordered': (demo, { cardKey, promptKey, place }) => {
    demo.captions.move(cardKey, promptKey, place);
  },
  'card-reset': (demo, { cardKey }) => {
    demo.captions.reset(cardKey);
  },
  'card-submitted': (demo, { cardKey }) => demo.captions.submit(cardKey),
  'set-chosen': (demo, { cardKey, name }) => {
    demo.captions.showSet(cardKey, name);
  },
  'card-classes-edited': (demo, { cardKey, list }) => {
    demo.classification.edit(cardKey, list);
  },
  'words-toggled': (demo, { cardKey }) => demo.words.toggle(cardKey),
  'card-used': (demo, { cardKey }) => {
    demo.activate(cardKey);
  },
  'like-requested': (demo, { imageId }) => {
    demo.gallery.findLike(imageId);
  },
  'find-edited': (demo, { text }) => {
    demo.gallery.find(text);
  },
  'find-submitted': (demo) => demo.gallery.rank(),
  'find-cleared': (demo) => {
    demo.gallery.clear();
  },
  'picture-offered': (demo, { file }) => demo.own.add(file),
  'picture-agreed': (demo) => demo.own.agree(),
  'model-chosen': (demo, { modelId }) => demo.chooseModel(modelId),
  'report-requested': (demo) => demo.report.measure(),
  'message-dismissed': (demo, { messageKey }) => {
    demo.messages.dismiss(messageKey);
  },
  'retry-requested': (demo) => demo.retry(),
  'undo-requested': (demo) => {
    demo.undo();
  },
  'prompt-edited': nothing,
  'prompt-left': nothing,
  'prompt-moved': nothing,
  'prompt-grabbed': nothing,
  'prompt-removed': nothing,
  'prompt-submitted': nothing,
  'prompts-pasted': nothing,
  'image-chosen': nothing,
  'card-duplicated': nothing,
  'card-removed': nothing,
  'classes-edited': nothing,
  'own-chosen': nothing,
  'name-chosen': nothing,
  'reload-requested': nothing,
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
