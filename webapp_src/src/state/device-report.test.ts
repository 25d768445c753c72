import { afterEach, expect, it, vi } from 'vitest';
import type { EncoderReport } from '../inference/encoder-report';
import { DeviceReport, type DeviceReportHost, type Reporter } from './device-report';

const REPORT: EncoderReport = {
  backend: 'wasm',
  goldens: 8,
  deviation: 2e-6,
  milliseconds: 9,
  latencies: [12, 10],
  memory: 50e6,
  downloaded: 1e6,
  version: '4.22.0',
};

afterEach(() => {
  vi.unstubAllGlobals();
});

function makeHost(
  session: Reporter | undefined,
): Omit<DeviceReportHost, 'session'> & { session: Reporter | undefined; failures: string[] } {
  const failures: string[] = [];
  return {
    session,
    failures,
    onChange: () => undefined,
    onFailure: ({ message }) => failures.push(message),
  };
}

function stubPage(memory?: number): void {
  const entry = { transferSize: 2e6 };
  vi.stubGlobal('self', { crossOriginIsolated: memory !== undefined });
  vi.stubGlobal('performance', {
    getEntriesByType: (kind: string) => (kind === 'resource' ? [entry, entry] : []),
    measureUserAgentSpecificMemory: () => Promise.resolve({ bytes: memory }),
  });
}

it('adds up what the page and its worker downloaded', async () => {
  stubPage();
  const report = new DeviceReport(makeHost({ report: () => Promise.resolve(REPORT) }));
  expect(report.downloaded).toBeUndefined();
  await report.measure();
  expect(report.encoder).toEqual(REPORT);
  expect(report.downloaded).toBe(5e6);
  expect(report.pageMemory).toBeUndefined();
});

it('asks how much memory the page takes where the browser tells', async () => {
  stubPage(90e6);
  const report = new DeviceReport(makeHost({ report: () => Promise.resolve(undefined) }));
  await report.measure();
  expect([report.encoder, report.downloaded, report.pageMemory]).toEqual([undefined, 4e6, 90e6]);
});

it('drops what a model says that is no longer in use', async () => {
  stubPage();
  const host = makeHost(undefined);
  const report = new DeviceReport(host);
  await report.measure();
  host.session = {
    report() {
      host.session = undefined;
      return Promise.resolve(REPORT);
    },
  };
  await report.measure();
  expect(report.encoder).toBeUndefined();
});

it('says why a model did not answer', async () => {
  stubPage();
  const host = makeHost({ report: () => Promise.reject(new Error('The wasm worker stopped.')) });
  await new DeviceReport(host).measure();
  expect(host.failures).toEqual(['The wasm worker stopped.']);
});
