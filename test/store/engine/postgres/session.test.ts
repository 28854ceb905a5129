import { EventEmitter } from 'node:events';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createSession, UnconfirmedCommitError } from '../../../../src/store/engine/postgres/session.js';

/** A connection whose database sends this notice before it answers. */
function createNoticingClient(notice: { readonly severity: string; readonly code: string }): pg.Client {
  const client = Object.assign(new EventEmitter(), {
    query: (command: string) => {
      client.emit('notice', notice);
      return Promise.resolve({ command, rows: [] });
    },
  });
  return client as unknown as pg.Client;
}

describe('a COMMIT', () => {
  // PostgreSQL says the severity in the language that it was set up with.
  it.each(['WARNING', 'WARNUNG', 'ATTENTION', '警告'])(
    'that ends with a warning is not confirmed: %s',
    async (severity) => {
      const session = createSession(createNoticingClient({ severity, code: '01000' }));
      await expect(session.command('COMMIT')).rejects.toThrow(UnconfirmedCommitError);
    },
  );

  it('is confirmed where the database has only something to tell', async () => {
    const session = createSession(createNoticingClient({ severity: 'HINWEIS', code: '00000' }));
    expect(await session.command('COMMIT')).toBe('COMMIT');
  });
});
