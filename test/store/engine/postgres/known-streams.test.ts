import { expect, it } from 'vitest';
import { KnownStreams } from '../../../../src/store/engine/postgres/known-streams.js';

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
