import type { Model, SiteManifest } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import type { Scorer } from './answering';
import type { Reporter } from './device-report';
import type { Ranking } from './gallery';
import type { Measure } from './measured-words';
import type { PictureReader } from './own-pictures';
import { throttle } from './throttle';

/** What a demo needs from a model in use; PictureSession provides it. */
export interface Session extends Scorer, Ranking, PictureReader, Measure, Reporter {
  readonly model: Model;
  readonly encoder: EncoderStatus;
  open(): Promise<void>;
  warm(): Promise<void>;
  close(): void;
}

/** What the model in use asks of the demo around it. */
export interface ModelHost {
  openSession(manifest: SiteManifest, model: Model, onStatus: () => void): Session;
  /** Called whenever a download or the encoder has got further. */
  onChange(): void;
}

/** How often the eye sees a download move, which comes in hundreds of pieces. */
const PROGRESS_MS = 100;

/** The model that answers; another model is another session. */
export class ModelInUse {
  session: Session;
  private opened = false;

  constructor(
    private readonly host: ModelHost,
    manifest: SiteManifest,
    model: Model,
  ) {
    this.session = this.start(manifest, model);
  }

  /** The session, once it can score. */
  get ready(): Session | undefined {
    return this.opened ? this.session : undefined;
  }

  /** Takes another model, or the same of another manifest, and cancels what the last one was doing. */
  change(manifest: SiteManifest, model: Model): void {
    this.session.close();
    this.opened = false;
    this.session = this.start(manifest, model);
  }

  /**
   * Loads what scoring needs.
   *
   * @returns Whether the model can score now: not if another has taken its place meanwhile.
   * @throws Error with a sentence for the visitor, unless another has.
   */
  async open(): Promise<boolean> {
    const { session } = this;
    try {
      await session.open();
    } catch (error) {
      if (session === this.session) throw error;
    }
    if (session !== this.session) return false;
    this.opened = true;
    return true;
  }

  /** Gets the encoder ready; what goes wrong is in its status. */
  async warm(): Promise<void> {
    await this.session.warm().catch(() => undefined);
  }

  private start(manifest: SiteManifest, model: Model): Session {
    const onChange = (): void => {
      this.host.onChange();
    };
    const onProgress = throttle(PROGRESS_MS, onChange);
    const isLoading = ({ status }: EncoderStatus): boolean => status === 'loading';
    const session = this.host.openSession(manifest, model, () => {
      if (isLoading(session.encoder) || isLoading(session.imageEncoder)) onProgress();
      else onChange();
    });
    return session;
  }
}
