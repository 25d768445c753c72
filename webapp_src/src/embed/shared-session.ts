import type { Model, SiteManifest } from '../generated/manifest';
import type { EncoderReport } from '../inference/encoder-report';
import type { EncoderStatus } from '../inference/encoder-status';
import type { Remarks } from '../inference/scoring';
import { ModelSession } from '../inference/session';
import { wasmOnly } from '../inference/wasm-only';
import type { Session } from '../state/model-in-use';

/** The models in use, by the demo's hash and their id. */
const inUse = new Map<string, SharedModel>();

/** A model in use by an element, which shares it with all others that show the same model of the same demo. */
export function shareSession(
  manifest: SiteManifest,
  model: Model,
  onStatus: () => void,
): SharedSession {
  const key = `${manifest.sha256} ${model.id}`;
  let shared = inUse.get(key);
  if (!shared) {
    shared = new SharedModel(manifest, model, () => inUse.delete(key));
    inUse.set(key, shared);
  }
  return new SharedSession(shared, onStatus);
}

/** A model's session, which ends when nobody uses it any more. */
class SharedModel {
  readonly session: ModelSession;
  private readonly users = new Set<() => void>();
  private opening: Promise<void> | undefined;

  constructor(
    manifest: SiteManifest,
    model: Model,
    private readonly onEnd: () => void,
  ) {
    // A page of others is no place to try its GPU.
    this.session = new ModelSession(manifest, model, wasmOnly, () => {
      for (const onStatus of this.users) onStatus();
    });
  }

  join(onStatus: () => void): void {
    this.users.add(onStatus);
  }

  leave(onStatus: () => void): void {
    if (!this.users.delete(onStatus) || this.users.size > 0) return;
    this.onEnd();
    this.session.close();
  }

  /** Loads the rows once; after a failure, again. */
  open(): Promise<void> {
    this.opening ??= this.session.open().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }
}

/** An element's part in a model; pictures of visitors' own are for the demo's page. */
export class SharedSession implements Session {
  readonly imageEncoder: EncoderStatus = { status: 'absent' };

  constructor(
    private readonly shared: SharedModel,
    private readonly onStatus: () => void,
  ) {
    shared.join(onStatus);
  }

  get model(): Model {
    return this.shared.session.model;
  }

  get encoder(): EncoderStatus {
    return this.shared.session.encoder;
  }

  open(): Promise<void> {
    return this.shared.open();
  }

  warm(): Promise<void> {
    return this.shared.session.warm();
  }

  scoreKnown(imageId: string, texts: readonly string[]): number[] | undefined {
    return this.shared.session.scoreKnown(imageId, texts);
  }

  score(imageId: string, texts: readonly string[]): Promise<number[]> {
    return this.shared.session.score(imageId, texts);
  }

  cosines(imageId: string, texts: readonly string[]): Promise<number[]> {
    return this.shared.session.cosines(imageId, texts);
  }

  remarksOn(imageId: string, text: string): Remarks {
    return this.shared.session.remarksOn(imageId, text);
  }

  findImages(text: string): Promise<string[]> {
    return this.shared.session.findImages(text);
  }

  similarImages(imageId: string): string[] {
    return this.shared.session.similarImages(imageId);
  }

  report(): Promise<EncoderReport | undefined> {
    return this.shared.session.report();
  }

  addPicture(): Promise<never> {
    return Promise.reject(new Error('Open the demo to use a picture of your own.'));
  }

  close(): void {
    this.shared.leave(this.onStatus);
  }
}
