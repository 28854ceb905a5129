import { expect, it } from 'vitest';
import { readPostgresLocation } from '../../../../src/store/engine/postgres/location.js';
import { CONNECT_OPTIONS, MAX_SILENCE, sessionsAt } from '../../../../src/store/engine/postgres/open.js';
import { createTestDatabase } from '../../../support/postgres/shared.js';

it.each(['read', 'commit'] as const)(
  'the database ends a slow statement before its connection counts as lost: %s',
  (purpose) => {
    const { statementTimeout, lockTimeout = 0 } = CONNECT_OPTIONS[purpose];
    expect(statementTimeout).toBeLessThan(MAX_SILENCE[purpose]);
    expect(lockTimeout).toBeLessThan(MAX_SILENCE[purpose]);
  },
);

it.each(['statement_timeout', 'lock_timeout'])(
  'a longer %s of the location keeps the connection for as long',
  async (name) => {
    const location = readPostgresLocation(`${await createTestDatabase()}?${name}=60000`, {});
    const session = await sessionsAt(location, { read: 100, commit: 100, snapshot: 100 })('commit');
    try {
      expect(await session.command('SELECT pg_sleep(0.5)')).toBe('SELECT');
    } finally {
      await session.close();
    }
  },
);
