import { expect, it } from 'vitest';
import { KnownStreams } from '../../../../src/store/engine/postgres/known-streams.js';
import type { StreamState } from '../../../../src/store/engine/postgres/stream-state.js';

it('the streams that a server works with stay known, however many others come', () => {
  const known = new KnownStreams(() => ({ isEmpty: true }));
  const { state: busy } = known.of('busy');
  for (let n = 0; n < 10_000; n++) {
    known.of(`idle-${n}`);
    known.of('busy');
  }
  expect(known.of('busy').state).toBe(busy);
  expect(known.size).toBeLessThanOrEqual(2_000);
});

it('what is known of all streams together is bounded, but for those that somebody works with', () => {
  const known = new KnownStreams(() => ({ isEmpty: true }), { streams: 2_000, items: 10_000 });
  const grow = (state: StreamState): void => {
    for (let n = 0; n < 100; n++) state.counters.set(`counter-${n}`, n);
  };
  const { state: used } = known.of('used');
  used.users += 1;
  grow(used);
  const states = [used];
  for (let n = 0; n < 1_000; n++) {
    const { state } = known.of(`idle-${n}`);
    grow(state);
    states.push(state);
  }
  const items = states.reduce((sum, { size }) => sum + size, 0);
  // So many that were asked for since the last look, beside those that are kept.
  expect(items).toBeLessThanOrEqual(10_000 + 256 * 100);
  expect([used.size, states.at(-1)?.size]).toEqual([100, 100]);
  expect(known.size).toBeLessThan(400);
});
