/* Generated from builder/manifest.py by `make generate`; do not edit. */

/**
 * A backend of TensorFlow.js that a page computes in.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Backend".
 */
export type Backend = 'wasm' | 'webgl' | 'webgpu' | 'cpu';

/**
 * A site of pictures with captions, and perhaps a page with many more pictures.
 */
export interface SiteManifest {
  /**
   * Of the manifest itself, with 64 zeros in the place of this value.
   */
  sha256: string;
  schemaVersion: 2;
  generator: Generator;
  title: string;
  description: string;
  language: string;
  links: Link[];
  /**
   * Whether browsers keep what a visit used, to open the page without a network.
   */
  offline: boolean;
  /**
   * The page and the app's own files.
   */
  files: FileRef[];
  /**
   * What the URLs of models, images and the gallery are relative to, if not the manifest.
   */
  baseUrl: string | null;
  /**
   * Whether visitors choose the page's language.
   */
  visitorLanguage: boolean;
  /**
   * @minItems 1
   */
  models: [Model, ...Model[]];
  /**
   * @minItems 1
   */
  images: [Image, ...Image[]];
  promptSets: PromptSet[];
  gallery: Gallery | null;
}
/**
 * The program that wrote the site.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Generator".
 */
export interface Generator {
  name: string;
  version: string;
}
/**
 * A link in the page's header.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Link".
 */
export interface Link {
  label: string;
  url: string;
}
/**
 * A file of the site: where it is, its hash and its size.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "FileRef".
 */
export interface FileRef {
  url: string;
  sha256: string;
  bytes: number;
}
/**
 * An image/text model: precomputed embeddings and the text encoder that runs in the page.
 *
 * Tokenizer and encoder come together; a model without them answers only its example prompts.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Model".
 */
export interface Model {
  name: string;
  description: string;
  imageTower: string;
  textTower: string;
  license: string;
  source: string | null;
  /**
   * Codes of the languages that it was trained on, if that is known.
   */
  languages: string[];
  id: string;
  dim: number;
  scoring: SoftmaxScoring | SigmoidScoring;
  tokenizer: (SentencePieceRef | WordPieceRef | PipelineRef) | null;
  encoder: GraphModelRef | null;
  imageEncoder: ImageEncoder | null;
  imageEmbeddings: MatrixRef;
  promptEmbeddings: MatrixRef;
  /**
   * The percentiles, 0th to 100th, of cosines of pictures and other pictures' prompts; empty if there are none.
   */
  chance: number[];
  /**
   * The ends of texts that the model does not read, by the id of the text's row.
   */
  unread: {
    [k: string]: string;
  };
  goldens: Golden[];
}
/**
 * Probabilities over a card's prompts: softmax(scale * cosine).
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "SoftmaxScoring".
 */
export interface SoftmaxScoring {
  kind: 'softmax';
  scale: number;
}
/**
 * A probability for each prompt on its own: sigmoid(scale * cosine + bias).
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "SigmoidScoring".
 */
export interface SigmoidScoring {
  kind: 'sigmoid';
  scale: number;
  bias: number;
}
/**
 * A SentencePiece tokenizer; its file holds a `SentencePieceModel`.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "SentencePieceRef".
 */
export interface SentencePieceRef {
  canonicalization: ('lower-ascii' | 'lower' | 'strip-punctuation' | 'collapse-spaces')[];
  maxLength: number;
  startId: number | null;
  endId: number | null;
  padId: number;
  file: CompressibleRef;
  kind: 'sentencepiece';
}
/**
 * A file that is stored as it is, or compressed: hosts compress only some types, or none.
 *
 * `bytes` and `sha256` are those of the stored file. What has another hash is never decompressed,
 * so that nobody but the builder decides how large the content becomes.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "CompressibleRef".
 */
export interface CompressibleRef {
  url: string;
  sha256: string;
  bytes: number;
  /**
   * How the content is compressed (RFC 1952), if it is.
   */
  encoding: 'gzip' | null;
}
/**
 * A WordPiece tokenizer like BERT's; its file holds a `WordPieceModel`.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "WordPieceRef".
 */
export interface WordPieceRef {
  canonicalization: ('lower-ascii' | 'lower' | 'strip-punctuation' | 'collapse-spaces')[];
  maxLength: number;
  startId: number | null;
  endId: number | null;
  padId: number;
  file: CompressibleRef;
  kind: 'wordpiece';
}
/**
 * A tokenizer of a hub's folder; its file holds a `PipelineModel`.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "PipelineRef".
 */
export interface PipelineRef {
  canonicalization: ('lower-ascii' | 'lower' | 'strip-punctuation' | 'collapse-spaces')[];
  maxLength: number;
  startId: number | null;
  endId: number | null;
  padId: number;
  file: CompressibleRef;
  kind: 'pipeline';
}
/**
 * A TensorFlow.js graph model to unit rows float32[b, dim].
 *
 * A text encoder takes token rows int32[b, max_length], an image encoder pixels float32[b, size,
 * size, 3] from 0 to 255.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "GraphModelRef".
 */
export interface GraphModelRef {
  model: CompressibleRef;
  weights: CompressibleRef[];
  input: string;
  output: string;
}
/**
 * The image tower, for pictures of visitors' own; downloaded when the first one is chosen.
 *
 * `golden` is the row of the picture that `builder.conversion.image_encoder.make_pattern` draws:
 * a browser must reproduce it before its answers are trusted.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "ImageEncoder".
 */
export interface ImageEncoder {
  graph: GraphModelRef;
  preparation: PicturePreparation;
  golden: MatrixRef;
}
/**
 * How a picture of any size becomes the square of `size` pixels that an image encoder takes.
 *
 * Without a `library`, its largest square in the middle is cut out and resized ("crop" and
 * "squash"), but for "tf-bilinear" with "crop", which resizes first. A library resizes the whole
 * picture, so that the shorter side (of "pad" the longer one) has `edge` pixels, and then cuts out
 * the middle. `builder.images.preprocess` defines each.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "PicturePreparation".
 */
export interface PicturePreparation {
  size: number;
  resize: 'bicubic' | 'bilinear' | 'box' | 'hamming' | 'lanczos' | 'nearest' | 'tf-bilinear';
  fit: 'crop' | 'squash' | 'pad';
  library: ('transformers' | 'open_clip') | null;
  edge: number | null;
}
/**
 * A row-major little-endian matrix; the value of an entry is `scale` times what is stored.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "MatrixRef".
 */
export interface MatrixRef {
  url: string;
  sha256: string;
  bytes: number;
  /**
   * How the content is compressed (RFC 1952), if it is.
   */
  encoding: 'gzip' | null;
  dtype: 'float32' | 'float16' | 'int8';
  /**
   * @minItems 2
   * @maxItems 2
   */
  shape: [number, number];
  scale: number;
  /**
   * The id of each row, in order.
   */
  rows: string[];
}
/**
 * A text whose tokens and embedding a browser must reproduce before its answers are trusted.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Golden".
 */
export interface Golden {
  text: string;
  tokens: number[];
  /**
   * Row of the model's prompt embeddings.
   */
  row: string;
}
/**
 * A picture: `photo` is what the models saw, `display` sharper copies of the same crop.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Image".
 */
export interface Image {
  id: string;
  description: string;
  prompts: Prompt[];
  photo: PictureRef;
  display: PictureRef[];
  thumbnail: PictureRef;
  credit: Credit;
}
/**
 * A prompt that comes with the demo; `id` names its row in every model's prompt embeddings.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Prompt".
 */
export interface Prompt {
  id: string;
  text: string;
}
/**
 * A picture file with its size in pixels.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "PictureRef".
 */
export interface PictureRef {
  url: string;
  sha256: string;
  bytes: number;
  width: number;
  height: number;
}
/**
 * Who made a picture, under which licence, and where it comes from.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Credit".
 */
export interface Credit {
  author: string | null;
  license: string | null;
  source: string | null;
}
/**
 * Prompts that visitors can try on any picture.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "PromptSet".
 */
export interface PromptSet {
  name: string;
  prompts: Prompt[];
}
/**
 * Many pictures, found by a sentence or by another picture.
 *
 * Each of the files of `records` holds the `GalleryRecords` of 1,000 positions, but the last of
 * what remains. `thumbnails` is the folder or the address before a record's thumbnail; null if
 * that is an address itself.
 *
 * `files` lists all files that are named by their content, one list for each folder: for whoever
 * checks, publishes or replaces a site. Pages need none of these lists.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Gallery".
 */
export interface Gallery {
  /**
   * The id of the model whose rows they have.
   */
  model: string;
  pictures: number;
  dim: number;
  index: ExactIndex | ListIndex;
  records: FileList;
  thumbnails: string | null;
  columns: Column[];
  map: GalleryMap | null;
  files: FileList[];
}
/**
 * All rows, each compared with what is looked for.
 *
 * The files hold int8[n, dim], row-major, `rows_per_file` rows in each but the last; the value of
 * an entry is `scale` times what is stored.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "ExactIndex".
 */
export interface ExactIndex {
  kind: 'exact';
  rows: FileList;
  rowsPerFile: number;
  scale: number;
}
/**
 * A file that lists others: 16 bytes for each, which are the first of its SHA-256.
 *
 * The URL of one is the folder, a slash, those bytes as 32 lower-case hexadecimal digits, and the
 * suffix.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "FileList".
 */
export interface FileList {
  url: string;
  sha256: string;
  bytes: number;
  folder: string;
  suffix: string;
  count: number;
}
/**
 * Lists of pictures that are alike, of which a search reads some.
 *
 * The page learns from `head` which lists to read for a query, by a network with `units` hidden
 * units. In a list's file are short codes of its rows, and the names of files beside it with whole
 * rows, int8[n, dim], for `rows_per_block` pictures each but the last; the value of an entry is
 * `scale` times what is stored. A search reads lists until they have `share` of the best pictures,
 * as the network expects, but at most `probes`; and then the whole rows of the blocks where a code
 * promises at most `slack` less than the tenth best one, but at most `blocks`. For more than 50
 * pictures it reads more. `widths` are the axes in each group of a code. What is in the files is
 * said in `builder.gallery.index.list_files`.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "ListIndex".
 */
export interface ListIndex {
  kind: 'lists';
  head: FileRef;
  lists: FileList;
  widths: number[];
  scale: number;
  rowsPerBlock: number;
  units: number;
  share: number;
  probes: number;
  slack: number;
  blocks: number;
}
/**
 * What pictures can be filtered by: a column of the author's table.
 *
 * The files have a byte for each position, 65,536 in each file but the last: the number of the
 * picture's value, or 255 if it has none.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Column".
 */
export interface Column {
  name: string;
  /**
   * @maxItems 50
   */
  values: string[];
  files: FileList;
}
/**
 * A map on which pictures that are alike lie near each other: a pyramid of square tiles.
 *
 * `builder.gallery.overview.tiles` says what is in a tile. `squares` holds three uint16 for each,
 * in the order of `tiles`: level, column and row.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "GalleryMap".
 */
export interface GalleryMap {
  tiles: FileList;
  squares: FileRef;
}
/**
 * A site whose page is a gallery; its models have rows of their goldens only.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "GallerySiteManifest".
 */
export interface GallerySiteManifest {
  /**
   * Of the manifest itself, with 64 zeros in the place of this value.
   */
  sha256: string;
  schemaVersion: 2;
  generator: Generator;
  title: string;
  description: string;
  language: string;
  links: Link[];
  /**
   * Whether browsers keep what a visit used, to open the page without a network.
   */
  offline: boolean;
  /**
   * The page and the app's own files.
   */
  files: FileRef[];
  /**
   * What the URLs of models, images and the gallery are relative to, if not the manifest.
   */
  baseUrl: string | null;
  /**
   * Whether visitors choose the page's language.
   */
  visitorLanguage: boolean;
  /**
   * @minItems 1
   */
  models: [Model, ...Model[]];
  gallery: Gallery;
}
/**
 * A row-major little-endian array; a bool takes one byte.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "ArrayRef".
 */
export interface ArrayRef {
  url: string;
  sha256: string;
  bytes: number;
  dtype: 'float32' | 'int32' | 'bool';
  shape: number[];
}
/**
 * A JAX function as a TensorFlow.js graph model; inputs and outputs are identified by name.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "Function".
 */
export interface Function {
  id: string;
  model: FileRef;
  weights: FileRef[];
  /**
   * @minItems 1
   */
  inputs: [FunctionInput, ...FunctionInput[]];
  /**
   * @minItems 1
   */
  outputs: [string, ...string[]];
  golden: FunctionGolden;
}
/**
 * An input of a function. `range` is the least and the greatest of its numbers, if known.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "FunctionInput".
 */
export interface FunctionInput {
  name: string;
  dtype: 'float32' | 'int32';
  /**
   * Null where a size varies.
   */
  shape: (number | null)[];
  range: [unknown, unknown] | null;
  /**
   * Names of entries of the last axis; may be empty.
   */
  labels: string[];
}
/**
 * A call that a browser must reproduce before its answers are trusted.
 *
 * Arrays are in the order of the function's inputs and outputs; `tolerance` is the largest
 * difference allowed between two numbers.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "FunctionGolden".
 */
export interface FunctionGolden {
  inputs: ArrayRef[];
  outputs: ArrayRef[];
  tolerance: number;
}
/**
 * A site whose page runs functions; `data` are files that its template reads, by name.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "FunctionSiteManifest".
 */
export interface FunctionSiteManifest {
  /**
   * Of the manifest itself, with 64 zeros in the place of this value.
   */
  sha256: string;
  schemaVersion: 2;
  generator: Generator;
  title: string;
  description: string;
  language: string;
  links: Link[];
  /**
   * Whether browsers keep what a visit used, to open the page without a network.
   */
  offline: boolean;
  /**
   * The page and the app's own files.
   */
  files: FileRef[];
  /**
   * @minItems 1
   */
  functions: [Function, ...Function[]];
  data: {
    [k: string]: FileRef;
  };
}
/**
 * The pieces that a vocabulary was cut of, as a Bloom filter, so that a page can tell.
 *
 * If pieces that stand side by side in a word have names that together are such a name, the whole
 * vocabulary would have split the word in another way. `space` begins the name of what begins a
 * word, `prefix` that of what goes on with one, and `suffix` ends that of what ends one; each is
 * empty where there is no such mark.
 *
 * A name is in the filter if `hashes` bits are set: h + i * (h >>> 15 | 1), modulo 2^32 and then
 * the number of bits, for each i from 0, where h is the FNV-1a hash, of 32 bits, of the name in
 * UTF-8. Bit i is in byte i >> 3 at 1 << (i & 7).
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "CutPieces".
 */
export interface CutPieces {
  /**
   * Base64.
   */
  filter: string;
  hashes: number;
  /**
   * Of the names, in UTF-16 units.
   */
  longest: number;
  space: string;
  prefix: string;
  suffix: string;
}
/**
 * Content of a SentencePiece vocabulary file, with the fields of sentencepiece's ModelProto.
 *
 * `types` are ModelProto.SentencePiece.Type: 1 normal, 2 unknown, 3 control, 4 user defined,
 * 5 unused, 6 byte.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "SentencePieceModel".
 */
export interface SentencePieceModel {
  algorithm: 'bpe' | 'unigram';
  pieces: string[];
  scores: number[];
  types: number[];
  unknownId: number;
  byteFallback: boolean;
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  escapeWhitespaces: boolean;
  /**
   * Base64; empty if nothing is normalized.
   */
  precompiledCharsmap: string;
  /**
   * Null for a whole vocabulary.
   */
  cut: CutPieces | null;
}
/**
 * What BERT's normalizer does to characters, step by step, before it splits words at spaces.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "BertCharacters".
 */
export interface BertCharacters {
  removed: number[];
  /**
   * Become U+0020.
   */
  spaces: number[];
  /**
   * Get a space before and after.
   */
  spaced: number[];
  /**
   * Runs of them are converted to normal form D.
   */
  normalized: number[];
  /**
   * Accents, removed after that.
   */
  stripped: number[];
  lower: {
    [k: string]: string;
  };
  /**
   * Each is a word by itself.
   */
  signs: number[];
}
/**
 * Content of a WordPiece vocabulary file, with the options of Hugging Face's `tokenizers`.
 *
 * A word is split into the longest pieces that fit, from its start; pieces after the first have
 * `prefix` before them in the vocabulary. A word that cannot be split, or has more than
 * `max_word_length` characters, is unknown.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "WordPieceModel".
 */
export interface WordPieceModel {
  pieces: string[];
  unknownId: number;
  prefix: string;
  maxWordLength: number;
  characters: BertCharacters;
  /**
   * Null for a whole vocabulary.
   */
  cut: CutPieces | null;
}
/**
 * A token that is found in the text itself, with the spaces that it takes away beside it.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "AddedToken".
 */
export interface AddedToken {
  content: string;
  id: number;
  leftStrip: boolean;
  rightStrip: boolean;
}
/**
 * Byte-pair encoding with a list of merges.
 *
 * For each merge, in order of rank, `merged` is the id of what comes out, less the one before it,
 * and `lefts` how many UTF-16 units its left part has. 0 stands for all parts that the vocabulary
 * has, the longest left one first.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "BpeSegmenter".
 */
export interface BpeSegmenter {
  algorithm: 'bpe';
  merged: number[];
  lefts: number[];
  unknownId: number | null;
  fuseUnknown: boolean;
  byteFallback: boolean;
  /**
   * Put after the last character of a word.
   */
  suffix: string;
  /**
   * Whether a word that is a piece is left whole.
   */
  whole: boolean;
  /**
   * Words with an id of their own.
   */
  words: {
    [k: string]: number;
  };
}
/**
 * The bytes of a word in UTF-8 become letters, as in GPT-2.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "BytesStep".
 */
export interface BytesStep {
  kind: 'bytes';
}
/**
 * A SentencePiece charsmap as Hugging Face's `tokenizers` applies it, by grapheme clusters.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "CharsmapStep".
 */
export interface CharsmapStep {
  kind: 'charsmap';
  /**
   * Base64.
   */
  precompiledCharsmap: string;
  /**
   * Go on with the cluster before them.
   */
  joining: number[];
  /**
   * Go on with the cluster after them.
   */
  prepending: number[];
  /**
   * Nothing goes on with them.
   */
  controls: number[];
}
/**
 * A capital sigma that ends a word becomes the small final one.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "FinalSigmaStep".
 */
export interface FinalSigmaStep {
  kind: 'final-sigma';
  cased: number[];
  ignorable: number[];
}
/**
 * ftfy's `fix_text` without its repair of mojibake: the steps on each line until it stays.
 *
 * Entities are replaced before them, up to the first line that has a `<`.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "FixTextStep".
 */
export interface FixTextStep {
  kind: 'fix-text';
  steps: (ReplaceStep | MapStep | NormalFormStep)[];
}
/**
 * Each match of a pattern becomes `content`, taken literally.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "ReplaceStep".
 */
export interface ReplaceStep {
  kind: 'replace';
  pattern: string;
  content: string;
  /**
   * Only in what the whole text begins with.
   */
  atStart: boolean;
}
/**
 * Characters become others, each by itself, or go.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "MapStep".
 */
export interface MapStep {
  kind: 'map';
  removed: number[];
  /**
   * First and last code point, the distance between two of a run, and what is added to each: four numbers a run.
   */
  runs: number[];
  others: {
    [k: string]: string;
  };
}
/**
 * Runs of the characters are converted to a normal form of Unicode.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "NormalFormStep".
 */
export interface NormalFormStep {
  kind: 'normal-form';
  form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD';
  characters: number[];
}
/**
 * What the references of HTML stand for.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "HtmlReferences".
 */
export interface HtmlReferences {
  /**
   * By name, with the semicolon if it needs one.
   */
  entities: {
    [k: string]: string;
  };
  /**
   * Names in capitals that ftfy knows besides.
   */
  capitals: {
    [k: string]: string;
  };
  /**
   * Numbers that stand for another character.
   */
  replaced: {
    [k: string]: string;
  };
  dropped: number[];
}
/**
 * A `SentencePieceModel` that sees each part of the text after `before`.
 *
 * The pieces of `before`, `skipped` of them, are left out again.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "SentencePieceSegmenter".
 */
export interface SentencePieceSegmenter {
  algorithm: 'sentencepiece';
  model: SentencePieceModel;
  before: string;
  skipped: number;
}
/**
 * Each of the characters gets a space before and after.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "SpaceAroundStep".
 */
export interface SpaceAroundStep {
  kind: 'space-around';
  characters: number[];
}
/**
 * A word is split at the matches of a pattern, or with `invert` at what is between them.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "SplitStep".
 */
export interface SplitStep {
  kind: 'split';
  pattern: string;
  behavior: 'removed' | 'isolated' | 'merged-with-previous' | 'merged-with-next' | 'contiguous';
  invert: boolean;
}
/**
 * References of HTML become the characters, as Python's `html.unescape` does.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "UnescapeStep".
 */
export interface UnescapeStep {
  kind: 'unescape';
}
/**
 * Unigram as in Hugging Face's `tokenizers`, in double precision.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "UnigramSegmenter".
 */
export interface UnigramSegmenter {
  algorithm: 'unigram';
  scores: number[];
  /**
   * Whether the scores are to be rounded to float32.
   */
  singlePrecision: boolean;
  unknownId: number;
  byteFallback: boolean;
}
/**
 * The longest pieces from the left, as in a `WordPieceModel`.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "WordPieceSegmenter".
 */
export interface WordPieceSegmenter {
  algorithm: 'wordpiece';
  unknownId: number;
  prefix: string;
  maxWordLength: number;
}
/**
 * Content of the vocabulary file of a tokenizer that works in steps, as Hugging Face's do.
 *
 * The whole text goes through `clean`. `added` tokens are cut out of it; what is between them goes
 * through `normalizer`, then `added_normalized` are cut out, and what is left goes through
 * `pre_tokenizer`, which makes words of it, and the segmenter. Empty parts are dropped after each
 * cut. Patterns are JavaScript's, where `\p{name}` within brackets is one of the `classes`. A
 * piece that is empty stands for an id that has none.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "PipelineModel".
 */
export interface PipelineModel {
  pieces: string[];
  classes: {
    [k: string]: number[];
  };
  /**
   * Null if no step needs them.
   */
  html: HtmlReferences | null;
  clean: (
    | ReplaceStep
    | SpaceAroundStep
    | MapStep
    | NormalFormStep
    | FinalSigmaStep
    | CharsmapStep
    | UnescapeStep
    | FixTextStep
  )[];
  added: AddedToken[];
  normalizer: (
    | ReplaceStep
    | SpaceAroundStep
    | MapStep
    | NormalFormStep
    | FinalSigmaStep
    | CharsmapStep
    | UnescapeStep
    | FixTextStep
  )[];
  addedNormalized: AddedToken[];
  preTokenizer: (ReplaceStep | SplitStep | BytesStep)[];
  segmenter: BpeSegmenter | UnigramSegmenter | WordPieceSegmenter | SentencePieceSegmenter;
  /**
   * Null for a whole vocabulary.
   */
  cut: CutPieces | null;
}
/**
 * What is known of pictures at positions next to each other: an entry of every field for each.
 *
 * Sizes are those of the whole pictures in pixels, and `address` is where one is, if that is
 * public. `x` and `y` are a picture's place on the map, from 0 at the left and the top to 1; they
 * are empty if there is no map.
 *
 * This interface was referenced by `SiteManifest`'s JSON-Schema
 * via the `definition` "GalleryRecords".
 */
export interface GalleryRecords {
  id: string[];
  description: string[];
  thumbnail: string[];
  width: number[];
  height: number[];
  address: (string | null)[];
  author: (string | null)[];
  license: (string | null)[];
  source: (string | null)[];
  x: number[];
  y: number[];
}
