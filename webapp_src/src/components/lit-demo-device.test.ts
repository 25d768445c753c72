// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { DeviceReport } from '../state/device-report';
import { button, find, findAll, mount, record } from '../testing/mount';
import { makeManifest } from '../testing/sample-manifest';
import { LitDemoDevice } from './lit-demo-device';

const { models, generator } = makeManifest();
const [model] = models;

function makeReport(): DeviceReport {
  return new DeviceReport({
    session: undefined,
    onChange: () => undefined,
    onFailure: () => undefined,
  });
}

function figuresOf(element: LitDemoDevice): Record<string, string> {
  const values = findAll(element, 'dd').map(({ textContent }) => textContent);
  const names = findAll(element, 'dt').map(({ textContent }) => textContent);
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}

it('asks for a report when it is shown, and again when that is wished', async () => {
  const asked = record('report-requested');
  const element = await mount(LitDemoDevice, { model, generator, report: makeReport() });
  expect(asked).toHaveLength(1);
  button(element, 'Measure again').click();
  expect(asked).toHaveLength(2);
  expect(find(element, '[role=status]').textContent).toContain('has not been loaded yet');
  expect(Object.keys(figuresOf(element))).toEqual(['Built with', 'Model']);
});

it('asks again once the model is there', async () => {
  const element = await mount(LitDemoDevice, { model, generator, report: makeReport() });
  const asked = record('report-requested');
  element.encoder = { status: 'preparing' };
  await element.updateComplete;
  element.encoder = { status: 'ready', backend: 'wasm' };
  await element.updateComplete;
  expect(asked).toHaveLength(1);
});

it('says in plain words that the model was checked, and has the figures folded', async () => {
  const report = makeReport();
  const element = await mount(LitDemoDevice, { model, generator, report });
  report.encoder = {
    backend: 'wasm',
    goldens: 8,
    deviation: 2.1e-6,
    milliseconds: 9.2,
    latencies: [30, 12.3],
    memory: 52e6,
    downloaded: 0,
    version: '4.22.0',
  };
  report.downloaded = 5.49e6;
  element.report = report;
  await element.updateComplete;
  expect(find(element, '[role=status]').textContent).toBe(
    'Before it was trusted, the model had to give the same answers here as where this page was made, and it did. The last caption took 12 ms.',
  );
  report.encoder = { ...report.encoder, latencies: [] };
  element.report = report;
  await element.updateComplete;
  expect(find(element, '[role=status]').textContent).toMatch(/It reads a caption in about 9 ms\.$/);
  report.encoder = { ...report.encoder, latencies: [30, 12.3] };
  element.report = report;
  await element.updateComplete;
  expect(find(element, 'details').hasAttribute('open')).toBe(false);
  expect(figuresOf(element)).toMatchObject({
    'Computed with': 'TensorFlow.js 4.22.0, wasm',
    'Captions checked': '8',
    'Largest deviation (1 − cosine)': '2.1e-6',
    'Last answers': '30 ms, 12 ms',
    'Memory of the model': '52.0 MB',
  });
});
