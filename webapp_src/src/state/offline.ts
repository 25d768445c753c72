import type { WorkerRequest } from '../../service-worker/request';
import { trustScript } from '../inference/module-worker';
import type { AnyManifest } from './manifest-reader';
import { sparesNetwork } from './spares-network';

const WORKER = 'service-worker.js';

/** What keeping a site depends on. */
export type Publication = Pick<AnyManifest, 'sha256' | 'offline'>;

/**
 * Has the browser keep what the page has used, unless the visitor wants to save data; a site that is not
 * to be kept is forgotten.
 *
 * To be called when the page has nothing better to do.
 *
 * @param findOthers Gives the addresses of what workers of the page have used, which browsers tell only
 *   them.
 */
export async function keepSite(
  manifest: Publication,
  findOthers = (): Promise<readonly string[]> => Promise.resolve([]),
): Promise<void> {
  const container = findWorkers();
  if (!container) return;
  const script = new URL(WORKER, document.baseURI).href;
  if (!manifest.offline) {
    await forget(container, script);
    return;
  }
  if (sparesNetwork()) return;
  try {
    await container.register(trustScript(script));
  } catch {
    // Visitors may have forbidden it; the page is then there as long as the network is.
    return;
  }
  const { active } = await container.ready;
  const keepUsed = async (...ports: MessagePort[]): Promise<void> => {
    const used = performance.getEntriesByType('resource').map(({ name }) => name);
    const urls = [location.href, ...used, ...(await findOthers())];
    const request = { kind: 'keep', sha256: manifest.sha256, urls } satisfies WorkerRequest;
    active?.postMessage(request, ports);
  };
  const { port1: whenKept, port2: answer } = new MessageChannel();
  whenKept.onmessage = () => {
    whenKept.close();
    // What the page has loaded meanwhile came past the worker.
    void keepUsed();
  };
  await keepUsed(answer);
  // Systems that are short of space then ask before they take it from an installed page.
  addEventListener('appinstalled', () => void navigator.storage.persist(), { once: true });
}

/** Whether the page came through the worker, and so perhaps from what is kept. */
export function isKept(): boolean {
  return Boolean(findWorkers()?.controller);
}

async function forget(container: ServiceWorkerContainer, script: string): Promise<void> {
  const registration = await container.getRegistration();
  const worker = registration?.active;
  // Another site's worker may be in charge of a folder above.
  if (worker?.scriptURL !== script) return;
  worker.postMessage({ kind: 'forget' } satisfies WorkerRequest);
}

/** Browsers have no such workers on http, nor in frames without an origin. */
function findWorkers(): ServiceWorkerContainer | undefined {
  if (!isSecureContext || self.origin === 'null') return undefined;
  return 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
}
