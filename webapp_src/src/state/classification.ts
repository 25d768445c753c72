import type { Scorer } from './answering';
import { fillTemplate, templateOf, type Card } from './cards';
import { Pauses } from './pauses';

const PAUSE_MS = 300;

/** More would keep a phone busy for long. */
export const MAX_CLASSES = 200;

/** How many of the classes are shown. */
export const SHOWN_CLASSES = 10;

/** Texts that are read at once; other questions get their turn between two slices. */
const SLICE = 16;

/** A class with the probability of the sentence that it makes. */
export interface RankedClass {
  readonly name: string;
  readonly probability: number;
}

/** The classes that fit a picture best; unless the state is `current`, from before the last change. */
export interface ClassRanking {
  readonly state: 'stale' | 'computing' | 'current';
  /** How many of the `count` sentences have been read. */
  readonly done: number;
  readonly count: number;
  readonly best: readonly RankedClass[];
}

export const NO_RANKING: ClassRanking = { state: 'stale', done: 0, count: 0, best: [] };

/** What classification asks of the demo around it. */
export interface ClassificationHost {
  /** The model in use, once it can score; another model is another object. */
  readonly session: Scorer | undefined;
  find(key: number): Card | undefined;
  /** Whether the model in use has a row of a picture. */
  isReady(imageId: string): boolean;
  /** Called after every change. */
  onChange(): void;
  onFailure(error: Error): void;
}

/** Classes from a text in which commas or line ends part them, each once, as many as are taken. */
export function readClasses(list: string): string[] {
  return [...new Set(splitList(list))].slice(0, MAX_CLASSES);
}

/** Whether a text has more classes than are taken. */
export function hasTooMany(list: string): boolean {
  return new Set(splitList(list)).size > MAX_CLASSES;
}

function splitList(list: string): string[] {
  const names = list.split(/[,\n\r،、，;；]+/);
  return names.map((name) => name.trim()).filter((name) => name);
}

/** Zero-shot classification: the words of a list, each put into a card's sentence with `{}`. */
export class Classification {
  private readonly lists = new Map<number, string>();
  private readonly rankings = new Map<number, ClassRanking>();
  private readonly pauses = new Pauses<number>(PAUSE_MS);
  /** What is being ranked for each card; another object once that is out of date. */
  private readonly runs = new Map<number, object>();

  constructor(private readonly host: ClassificationHost) {}

  /** What was typed as the list of a card. */
  list(key: number): string {
    return this.lists.get(key) ?? '';
  }

  ranking(key: number): ClassRanking {
    return this.rankings.get(key) ?? NO_RANKING;
  }

  /** Ranks other classes on a card, after a pause in typing. */
  edit(key: number, list: string): void {
    this.lists.set(key, list);
    this.rankSoon(key);
  }

  /** Ranks the classes of a card whose sentence has changed, after a pause in typing. */
  rankSoon(key: number): void {
    if (!this.lists.has(key)) return;
    this.runs.delete(key);
    this.put(key, { ...this.ranking(key), state: 'stale' });
    this.pauses.await(key, () => void this.rank(key));
  }

  /** Ranks all lists with the model in use now; what another one said is forgotten. */
  async rankAll(): Promise<void> {
    this.rankings.clear();
    await Promise.all([...this.lists.keys()].map((key) => this.rank(key)));
  }

  /** Ranks nothing any more. */
  close(): void {
    this.pauses.cancelAll();
    this.runs.clear();
  }

  private async rank(key: number): Promise<void> {
    this.pauses.cancel(key);
    const { session } = this.host;
    const card = this.host.find(key);
    const template = card && templateOf(card);
    const names = readClasses(this.list(key));
    if (!session || !template || names.length === 0 || !this.host.isReady(card.imageId)) {
      this.put(key, NO_RANKING);
      return;
    }
    const run = {};
    this.runs.set(key, run);
    const isCurrent = (): boolean => this.runs.get(key) === run && session === this.host.session;
    const texts = names.map((name) => fillTemplate(template, name));
    const count = names.length;
    try {
      for (let done = 0; done < count; done += SLICE) {
        this.put(key, { ...this.ranking(key), state: 'computing', done, count });
        await session.score(card.imageId, texts.slice(done, done + SLICE));
        if (!isCurrent()) return;
      }
      const probabilities = await session.score(card.imageId, texts);
      if (!isCurrent()) return;
      this.put(key, { state: 'current', done: count, count, best: pickBest(names, probabilities) });
    } catch (error) {
      if (!isCurrent()) return;
      this.put(key, NO_RANKING);
      this.host.onFailure(error as Error);
    }
  }

  private put(key: number, ranking: ClassRanking): void {
    this.rankings.set(key, ranking);
    this.host.onChange();
  }
}

function pickBest(names: readonly string[], probabilities: readonly number[]): RankedClass[] {
  const ranked = names.map((name, i) => ({ name, probability: probabilities[i] ?? 0 }));
  return ranked.sort((a, b) => b.probability - a.probability).slice(0, SHOWN_CLASSES);
}
