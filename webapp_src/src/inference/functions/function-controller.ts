import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { FunctionSiteManifest } from '../../generated/manifest';
import { loadFunctionManifest } from '../../state/manifest-loader';
import { keepSite } from '../../state/offline';
import { idle } from '../idle';
import { LoadedFunction } from './functions';

/** How far a page's functions have loaded. */
export type LoadStatus =
  | { readonly status: 'loading'; readonly loaded: number; readonly total: number }
  | { readonly status: 'ready' }
  | { readonly status: 'failed'; readonly message: string };

/** Loads the functions of a page when its element is connected, and again on request. */
export class FunctionController implements ReactiveController {
  status: LoadStatus = { status: 'loading', loaded: 0, total: 0 };
  manifest: FunctionSiteManifest | undefined;
  functions: readonly LoadedFunction[] = [];

  private loading = new AbortController();
  private attempts = 0;

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly onReady: () => void = () => undefined,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    void this.load();
  }

  hostDisconnected(): void {
    this.loading.abort();
    this.functions = [];
  }

  async load(): Promise<void> {
    this.loading.abort();
    const loading = new AbortController();
    const { signal } = loading;
    this.loading = loading;
    const become = (status: LoadStatus): void => {
      if (!signal.aborted) this.become(status);
    };
    become({ status: 'loading', loaded: 0, total: 0 });
    try {
      const manifest = await loadFunctionManifest(
        this.host.getAttribute('manifest') ?? 'manifest.json',
        { fresh: this.attempts++ > 0 },
      );
      this.manifest = manifest;
      this.functions = await loadAll(manifest, signal, (progress) => {
        become({ status: 'loading', ...progress });
      });
      become({ status: 'ready' });
      this.onReady();
      void idle().then(() => keepSite(manifest));
    } catch (error) {
      become({ status: 'failed', message: (error as Error).message });
      // If one function fails, the others are cancelled.
      loading.abort();
    }
  }

  private become(status: LoadStatus): void {
    this.status = status;
    const [loaded] = this.functions;
    this.host.dataset['status'] = status.status;
    if (loaded) this.host.dataset['backend'] = loaded.backend;
    this.host.requestUpdate();
  }
}

/** Loads functions in parallel and reports their progress as one. */
function loadAll(
  site: FunctionSiteManifest,
  signal: AbortSignal,
  onProgress: (progress: { loaded: number; total: number }) => void,
): Promise<LoadedFunction[]> {
  const refs = site.functions;
  const parts = refs.map(() => ({ loaded: 0, total: 0 }));
  const loading = refs.map((ref, i) =>
    LoadedFunction.load(site, ref, signal, ({ loaded, total }) => {
      parts[i] = { loaded, total };
      onProgress({
        loaded: parts.reduce((sum, part) => sum + part.loaded, 0),
        total: parts.reduce((sum, part) => sum + part.total, 0),
      });
    }),
  );
  return Promise.all(loading);
}
