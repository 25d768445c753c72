import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { FunctionSiteManifest } from '../generated/manifest';
import { loadFunctionManifest } from '../state/manifest';
import { LoadedFunction } from './functions';

/** Where the loading of a page's functions stands. */
export type LoadStatus =
  | { readonly status: 'loading'; readonly loaded: number; readonly total: number }
  | { readonly status: 'ready' }
  | { readonly status: 'failed'; readonly message: string };

/** Loads the functions of a page as soon as its element is there, and again when asked. */
export class FunctionController implements ReactiveController {
  status: LoadStatus = { status: 'loading', loaded: 0, total: 0 };
  manifest: FunctionSiteManifest | undefined;
  functions: readonly LoadedFunction[] = [];

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly onReady: () => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    void this.load();
  }

  hostDisconnected(): void {
    for (const loaded of this.functions) loaded.close();
    this.functions = [];
  }

  async load(): Promise<void> {
    this.become({ status: 'loading', loaded: 0, total: 0 });
    try {
      this.manifest = await loadFunctionManifest(
        this.host.getAttribute('manifest') ?? 'manifest.json',
      );
      const { signal } = new AbortController();
      const loading = this.manifest.functions.map((ref) =>
        LoadedFunction.load(ref, signal, ({ loaded, total }) => {
          this.become({ status: 'loading', loaded, total });
        }),
      );
      this.functions = await Promise.all(loading);
      this.become({ status: 'ready' });
      this.onReady();
    } catch (error) {
      this.become({ status: 'failed', message: (error as Error).message });
    }
  }

  private become(status: LoadStatus): void {
    this.status = status;
    this.host.dataset['status'] = status.status;
    this.host.requestUpdate();
  }
}
