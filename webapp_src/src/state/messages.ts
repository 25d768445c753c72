import { localizeSentence } from '../localization/language';

/** Something to tell the visitor that stays until it is dismissed. */
export interface Message {
  readonly key: number;
  readonly kind: 'note' | 'warning' | 'error';
  readonly text: string;
  /** What the visitor is offered: to try again, to have back what was removed, or the site as it is now. */
  readonly offer?: 'retry' | 'undo' | 'reload';
}

/** More would cover the page. */
const MOST = 6;

/** What the visitor is told, the last of it last. */
export class Messages {
  list: readonly Message[] = [];

  /** @param onChange Called after every change. */
  constructor(private readonly onChange: () => void) {}

  /** Adds a message; one with the same text is replaced, and the oldest of too many are dropped. */
  tell(message: Omit<Message, 'key'>): void {
    const key = 1 + Math.max(0, ...this.list.map((other) => other.key));
    const others = this.list.filter(({ text }) => text !== message.text);
    this.replace([...others, { ...message, key }].slice(-MOST));
  }

  warn(text: string): void {
    this.tell({ kind: 'warning', text });
  }

  /** Tells of what went wrong, and offers to try again. */
  tellFailure({ message }: Error): void {
    this.tell({ kind: 'error', text: localizeSentence(message), offer: 'retry' });
  }

  dismiss(key: number): void {
    this.replace(this.list.filter((message) => message.key !== key));
  }

  /** Takes back what can no longer be accepted. */
  withdraw(offer: Message['offer']): void {
    this.replace(this.list.filter((message) => message.offer !== offer));
  }

  clear(): void {
    this.replace([]);
  }

  private replace(list: readonly Message[]): void {
    this.list = list;
    this.onChange();
  }
}
