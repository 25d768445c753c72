import type { CompressibleRef, Image, MatrixRef, Model, SiteManifest } from '../generated/manifest';
import type { EncoderSpec } from '../inference/encoder-spec';
import { hashOf } from './sealed-manifest';
import { sampleFile } from './sample-files';

/** A model that has an encoder. */
type EncodingModel = Model & EncoderSpec;

/** A reference to a file with this content, stored as it is. */
export function fileRef(url: string, content: Uint8Array | string): CompressibleRef {
  return { url, bytes: content.length, sha256: hashOf(content), encoding: null };
}

function sampleRef(url: string): CompressibleRef {
  return fileRef(url, sampleFile(url));
}

function matrixRef(url: string, rows: string[]): MatrixRef {
  return { ...sampleRef(url), dtype: 'float32', shape: [rows.length, 2], scale: 1, rows };
}

function makeImage(id: string, ...texts: string[]): Image {
  const picture = { ...sampleRef(`${id}.jpg`), width: 224, height: 224 };
  return {
    id,
    description: `A picture of a ${id}`,
    prompts: texts.map((text, i) => ({ id: `${id}-${i}`, text })),
    photo: picture,
    display: [{ ...picture, url: `${id}-big.jpg`, width: 448, height: 448 }],
    thumbnail: { ...picture, url: `${id}-small.jpg`, width: 112, height: 112 },
    credit: { author: 'A. Maker', license: 'CC0', source: `https://example.org/${id}` },
  };
}

function makeModel(id: string): EncodingModel {
  return {
    id,
    name: `Model ${id}`,
    description: 'A model for tests.',
    imageTower: 'an image tower',
    textTower: 'a text tower',
    license: 'Apache-2.0',
    source: null,
    languages: [],
    unread: {},
    dim: 2,
    scoring: { kind: 'softmax', scale: 1 },
    tokenizer: {
      kind: 'sentencepiece',
      file: sampleRef(`${id}-vocabulary.json`),
      canonicalization: [],
      maxLength: 4,
      startId: null,
      endId: 1,
      padId: 0,
    },
    encoder: {
      model: sampleRef(`${id}-model.json`),
      weights: [sampleRef(`${id}-weights.bin`)],
      input: 'tokens',
      output: 'ztxt',
    },
    imageEncoder: null,
    imageEmbeddings: matrixRef(`${id}-zimg.bin`, ['cat', 'dog']),
    promptEmbeddings: matrixRef(`${id}-ztxt.bin`, ['cat-0', 'cat-1', 'dog-0']),
    chance: [],
    goldens: [{ text: 'a cat', tokens: [5, 1, 0, 0], row: 'cat-0' }],
  };
}

/** A demo of two models and two pictures, a cat with two prompts and a dog with one. */
export function makeManifest(): SiteManifest & { models: [EncodingModel, EncodingModel] } {
  return {
    sha256: '',
    schemaVersion: 2,
    baseUrl: null,
    generator: { name: 'LiT demo builder', version: '0.1.0' },
    title: 'A demo',
    description: 'For tests.',
    language: 'en',
    visitorLanguage: false,
    links: [],
    offline: true,
    models: [makeModel('tiny'), makeModel('small')],
    images: [makeImage('cat', 'a cat', 'a lion'), makeImage('dog', 'a dog')],
    promptSets: [
      {
        name: 'Animals',
        prompts: [
          { id: 'cat-0', text: 'a cat' },
          { id: 'dog-0', text: 'a dog' },
        ],
      },
    ],
    gallery: null,
    files: [],
  };
}

/** Waits until everything that was already possible has happened. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
