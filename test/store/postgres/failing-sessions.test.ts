import { expect, it } from 'vitest';
import type { Session } from '../../../src/store/engine/postgres/session.js';
import { createFailures } from '../../support/postgres/failing-sessions.js';

/** A session that notes what reaches the database. */
function recordingSession(sent: string[]): Session {
  return {
    pending: 0,
    isLost: false,
    onLost: () => undefined,
    run: (name) => Promise.resolve([[sent.push(name)]]),
    command: (text) => {
      sent.push(text.startsWith('DO') ? 'error' : text);
      return text.startsWith('DO') ? Promise.reject(new Error('raised')) : Promise.resolve(text);
    },
    close: () => Promise.resolve(),
    destroy: () => void sent.push('lost'),
  };
}

it('every fifth commit of a group fails, in each way in turn', async () => {
  const sent: string[] = [];
  const session = await createFailures()(() => Promise.resolve(recordingSession(sent)))('commit');
  const ends: string[] = [];
  for (let group = 1; group <= 30; group++) {
    // What commits nothing of a group does not count.
    await session.command('COMMIT');
    await session.run('advance').catch(() => undefined);
    sent.length = 0;
    const end = await session.command('COMMIT').catch((error: unknown) => String(error));
    if (group % 5 === 0) ends.push([...sent, end].join(' '));
    else expect([...sent, end]).toEqual(['COMMIT', 'COMMIT']);
  }
  expect(ends).toEqual([
    'error Error: raised',
    'COMMIT error: injected',
    'lost ConnectionLostError: injected',
    'ROLLBACK error: injected',
    'COMMIT lost ConnectionLostError: injected',
    'error COMMIT COMMIT',
  ]);
});
