// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepSite } from './offline';

const PAGE = 'https://demo.test/some/where/';
const SCRIPT = `${PAGE}service-worker.js`;
const site = { sha256: 'a', offline: true };

const register = vi.fn();
const postMessage = vi.fn();
let scriptURL: string;

beforeEach(() => {
  vi.clearAllMocks();
  register.mockResolvedValue(undefined);
  scriptURL = SCRIPT;
  vi.stubGlobal('isSecureContext', true);
  vi.spyOn(document, 'baseURI', 'get').mockReturnValue(PAGE);
  vi.spyOn(performance, 'getEntriesByType').mockReturnValue([
    { name: `${PAGE}images/cat.jpg` } as PerformanceEntry,
  ]);
  const active = {
    postMessage,
    get scriptURL() {
      return scriptURL;
    },
  };
  stubNavigator({
    register,
    ready: Promise.resolve({ active }),
    getRegistration: () => Promise.resolve({ active }),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function stubNavigator(serviceWorker: object, saveData = false): void {
  vi.stubGlobal('navigator', { serviceWorker, connection: { saveData } });
}

it('has the worker beside the page keep what was used', async () => {
  await keepSite(site, () => Promise.resolve([`${PAGE}gallery/rows/0.bin`]));
  expect(register).toHaveBeenCalledExactlyOnceWith(SCRIPT);
  const urls = [location.href, `${PAGE}images/cat.jpg`, `${PAGE}gallery/rows/0.bin`];
  expect(postMessage).toHaveBeenCalledExactlyOnceWith({ kind: 'keep', sha256: 'a', urls }, [
    expect.anything(),
  ]);
});

it('has what the page loaded meanwhile kept too', async () => {
  const rows: string[] = [];
  await keepSite(site, () => Promise.resolve(rows));
  rows.push(`${PAGE}gallery/rows/0.bin`);
  const [[, [port]]] = postMessage.mock.calls as [[unknown, [MessagePort]]];
  port.postMessage('kept');
  const urls = [location.href, `${PAGE}images/cat.jpg`, ...rows];
  await vi.waitFor(() => {
    expect(postMessage).toHaveBeenLastCalledWith({ kind: 'keep', sha256: 'a', urls }, []);
  });
  port.close();
});

it('keeps nothing of a visitor who saves data', async () => {
  stubNavigator(navigator.serviceWorker, true);
  await keepSite(site);
  expect(register).not.toHaveBeenCalled();
});

it('keeps nothing on http, where there are no workers of this kind', async () => {
  vi.stubGlobal('isSecureContext', false);
  await keepSite(site);
  expect(register).not.toHaveBeenCalled();
});

it('goes on where visitors forbid it', async () => {
  register.mockRejectedValue(new DOMException('forbidden', 'SecurityError'));
  await keepSite(site);
  expect(postMessage).not.toHaveBeenCalled();
});

it('forgets a site that is not to be kept any more', async () => {
  await keepSite({ ...site, offline: false });
  expect(register).not.toHaveBeenCalled();
  expect(postMessage).toHaveBeenCalledExactlyOnceWith({ kind: 'forget' });
});

it('leaves the worker of another site alone', async () => {
  scriptURL = 'https://demo.test/service-worker.js';
  await keepSite({ ...site, offline: false });
  expect(postMessage).not.toHaveBeenCalled();
});
