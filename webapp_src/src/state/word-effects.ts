import { wordsOf, type Word } from '../tokenizers/words';

/** As many words as a caption that a model reads seldom has. */
const MAX_WORDS = 40;

/** A piece of a caption: a word with what it adds to the similarity, or what is between words. */
export interface CaptionPart {
  readonly text: string;
  /** The cosine with the word less the cosine without; undefined for what is no word. */
  readonly effect: number | undefined;
}

/** What measuring words needs from a model in use. */
export interface Similarity {
  cosines(imageId: string, texts: readonly string[]): Promise<number[]>;
}

/**
 * What each word of a caption adds to its similarity to a picture: what is lost without it.
 *
 * @param read How many characters of the caption the model reads.
 * @returns The caption in parts; undefined if it has no two words to tell apart.
 */
export async function measureWords(
  similarity: Similarity,
  imageId: string,
  text: string,
  read = text.length,
): Promise<readonly CaptionPart[] | undefined> {
  const words = wordsOf(text)
    .filter(({ end }) => end <= read)
    .slice(0, MAX_WORDS);
  if (words.length < 2) return undefined;
  const texts = [text, ...words.map((word) => leaveOut(text, word))];
  const [whole = 0, ...others] = await similarity.cosines(imageId, texts);
  return splitCaption(
    text,
    words,
    others.map((other) => whole - other),
  );
}

function leaveOut(text: string, { start, end }: Word): string {
  return `${text.slice(0, start)}${text.slice(end)}`.replaceAll(/\s+/g, ' ').trim();
}

function splitCaption(
  text: string,
  words: readonly Word[],
  effects: readonly number[],
): CaptionPart[] {
  const parts: CaptionPart[] = [];
  let place = 0;
  for (const [i, { start, end }] of words.entries()) {
    parts.push({ text: text.slice(place, start), effect: undefined });
    parts.push({ text: text.slice(start, end), effect: effects[i] });
    place = end;
  }
  parts.push({ text: text.slice(place), effect: undefined });
  return parts.filter((part) => part.text !== '');
}
