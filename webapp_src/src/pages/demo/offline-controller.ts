import { msg } from '@lit/localize';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { idle } from '../../inference/idle';
import type { Message } from '../../state/messages';
import { NewerVersion } from '../../state/newer-version';
import { isKept, keepSite, type Publication } from '../../state/offline';
import { sparesNetwork } from '../../state/spares-network';

/** Other messages have keys from 1 on. */
const KEY = 0;

/** Has the page kept for when there is no network, and says when the site has a newer one. */
export class OfflineController implements ReactiveController {
  private newer = false;
  private versions: NewerVersion | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.versions?.close();
  }

  /**
   * To be called once the page has answered.
   *
   * @param demo With the manifest that the page uses, which may become another.
   * @param load Loads the manifest that the site has now.
   */
  async begin(
    demo: { readonly manifest: Publication; used?(): Promise<readonly string[]> },
    load: () => Promise<Publication>,
  ): Promise<void> {
    await idle();
    await keepSite(demo.manifest, () => demo.used?.() ?? Promise.resolve([]));
    if (!demo.manifest.offline || sparesNetwork()) return;
    this.versions?.close();
    this.versions = new NewerVersion({
      get current() {
        return demo.manifest.sha256;
      },
      load,
      onNewer: () => {
        this.newer = true;
        this.host.requestUpdate();
      },
    });
    this.versions.watch();
    // A page that did not come from the network may be old already.
    if (isKept()) await this.versions.check();
  }

  /** What there is to tell, to a visitor who has pictures of their own or not. */
  notices(hasOwnPictures: boolean): readonly Message[] {
    if (!this.newer) return [];
    const text = msg('There is a newer version of this page.');
    const loss = msg('Pictures of your own would have to be chosen again.');
    return [
      { key: KEY, kind: 'note', text: hasOwnPictures ? `${text} ${loss}` : text, offer: 'reload' },
    ];
  }

  dismiss(key: number): void {
    if (key !== KEY) return;
    this.newer = false;
    this.host.requestUpdate();
  }
}
