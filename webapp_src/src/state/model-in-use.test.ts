import { expect, it } from 'vitest';
import type { EncoderStatus } from '../inference/encoder-status';
import { FakeSession } from '../testing/fake-session';
import { makeManifest } from '../testing/sample-manifest';
import { ModelInUse } from './model-in-use';

const manifest = makeManifest();
const [tiny, small] = manifest.models;
const LOADING: EncoderStatus = { status: 'loading', loaded: 1, total: 2, attempt: 1 };

function use(): {
  inUse: ModelInUse;
  sessions: FakeSession[];
  report: () => void;
  drawn: number[];
} {
  const sessions: FakeSession[] = [];
  const drawn: number[] = [];
  let report: () => void = () => undefined;
  const inUse = new ModelInUse(
    {
      openSession(_, model, onStatus) {
        report = onStatus;
        const session = new FakeSession(model);
        sessions.push(session);
        return session;
      },
      onChange: () => drawn.push(drawn.length),
    },
    manifest,
    tiny,
  );
  return {
    inUse,
    sessions,
    drawn,
    report: () => {
      report();
    },
  };
}

it('can score once it is open, and is another object when the model changes', async () => {
  const { inUse, sessions } = use();
  expect(inUse.ready).toBeUndefined();
  expect(await inUse.open()).toBe(true);
  expect(inUse.ready).toBe(sessions[0]);
  inUse.change(manifest, small);
  expect([inUse.ready, sessions[0]?.closed]).toEqual([undefined, true]);
});

it('does not say that it is open when another has taken its place', async () => {
  const { inUse } = use();
  const opening = inUse.open();
  inUse.change(manifest, small);
  expect(await opening).toBe(false);
  expect(inUse.ready).toBeUndefined();
});

it.each(['encoder', 'imageEncoder'] as const)(
  'does not have the page drawn for every piece of a download: %s',
  (kind) => {
    const { sessions, report, drawn } = use();
    const [session] = sessions;
    if (!session) throw new Error('No session was opened.');
    session[kind] = LOADING;
    for (let piece = 0; piece < 400; piece++) report();
    expect(drawn).toHaveLength(1);
    session[kind] = { status: 'ready', backend: 'wasm' };
    report();
    expect(drawn).toHaveLength(2);
  },
);
