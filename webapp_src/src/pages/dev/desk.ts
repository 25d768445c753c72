import type { Image } from '../../generated/manifest';
import { Embeddings } from '../../inference/embeddings';
import { scorePrompts } from '../../inference/scoring';
import { loadAnyManifest } from '../../state/manifest-loader';

/** What the server says of the author's files (`DevHandler` in builder/dev/server.py). */
export interface Desk {
  /** The path of `demo.toml`. */
  readonly spec: string;
  readonly notes: readonly string[];
  readonly pictures: readonly Picture[];
}

/** A picture as the author has it. */
export interface Picture {
  readonly id: string;
  readonly description: string;
  /** Changes with the file. */
  readonly version: string;
  /** Width and height in pixels; null for a file that is not there any more. */
  readonly size: readonly [number, number] | null;
  readonly focalPoint: readonly [number, number] | null;
  /** Left, top, right and bottom in pixels, where `demo.toml` has a box. */
  readonly crop: readonly [number, number, number, number] | null;
}

/** A prompt, and what each model predicts for it on its picture, from 0 to 1. */
export interface Prediction {
  readonly text: string;
  readonly probabilities: readonly number[];
}

/** What the models of the site predict. */
export interface Predictions {
  readonly title: string;
  /** Their names. */
  readonly models: readonly string[];
  /** By the ids of pictures. */
  readonly byPicture: ReadonlyMap<string, readonly Prediction[]>;
}

export async function loadDesk(): Promise<Desk> {
  const response = await fetch('state.json');
  return (await response.json()) as Desk;
}

/** What the site's page would answer. */
export async function loadPredictions(signal: AbortSignal): Promise<Predictions> {
  const site = await loadAnyManifest('/manifest.json', { fresh: true });
  const { title } = site;
  if (!('images' in site)) return { title, models: [], byPicture: new Map() };
  const models = await Promise.all(
    site.models.map(async (model) => ({
      scoring: model.scoring,
      embeddings: await Embeddings.load(site, model, signal),
    })),
  );
  const predict = ({ id, prompts }: Image): Prediction[] => {
    const scores = models.map(({ scoring, embeddings }) => {
      const ztxts = prompts.flatMap(({ text }) => embeddings.prompt(text) ?? []);
      return scorePrompts(scoring, embeddings.image(id), ztxts);
    });
    return prompts.map(({ text }, place) => ({
      text,
      probabilities: scores.map((ofModel) => ofModel[place] ?? NaN),
    }));
  };
  return {
    title,
    models: site.models.map(({ name }) => name),
    byPicture: new Map(site.images.map((image) => [image.id, predict(image)])),
  };
}
