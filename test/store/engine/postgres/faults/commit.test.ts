import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../../src/store/contract.js';
import { ConnectionLostError, type Session } from '../../../../../src/store/engine/postgres/session.js';
import type { StatementName } from '../../../../../src/store/engine/postgres/statements.js';
import { type CommitFate, type PostgresProxy, startProxy } from '../../../../support/postgres/proxy.js';
import { createTestDatabase, sharedPostgres } from '../../../../support/postgres/shared.js';
import {
  createTables,
  Journal,
  type Kind,
  KINDS,
  openStoreAt,
  type TestStoreOptions,
  until,
  withSession,
} from '../../../../support/postgres/store.js';

describe('commits of two servers', () => {
  let proxy: PostgresProxy;
  let direct: string;
  let journal: Journal;
  const stores: Store[] = [];

  const open = async (options: TestStoreOptions = {}, url = proxy.through(direct)): Promise<Store> => {
    const store = await openStoreAt(url, options);
    stores.push(store);
    return store;
  };
  /** Clients of all stores that commit one transaction of each kind after another. */
  const commitAll = async (rounds: number, ...over: readonly Store[]): Promise<void> => {
    const clients = over.flatMap((store) => [store, store, store]);
    await Promise.all(
      clients.map(async (store, client) => {
        for (let round = 0; round < rounds; round++) {
          for (let at = 0; at < KINDS.length; at++) {
            await journal.commit(store, KINDS[(at + client) % KINDS.length] ?? 'blind');
          }
        }
      }),
    );
  };

  beforeAll(async () => {
    proxy = await startProxy(await sharedPostgres());
  });
  afterAll(() => proxy.stop());
  beforeEach(async () => {
    direct = await createTestDatabase();
    await createTables(direct);
    journal = new Journal();
  });
  afterEach(async () => {
    proxy.onCommit(() => 'forwarded');
    await proxy.repair();
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  it('take place once although the answer to the COMMIT of every group is lost', async () => {
    let lost = 0;
    const loseAnswers = (session: Session): Session => {
      let isGroup = false;
      return withSession(session, {
        run: (name, values) => {
          isGroup ||= name === 'advance';
          return session.run(name, values);
        },
        command: async (text) => {
          if (text !== 'COMMIT' || !isGroup) return session.command(text);
          lost += 1;
          await session.command(text).finally(() => session.destroy());
          throw new ConnectionLostError('injected');
        },
      });
    };
    const [left, right] = [await open({ wrap: loseAnswers }, direct), await open({ wrap: loseAnswers }, direct)];
    await commitAll(2, left, right);
    expect(lost).toBeGreaterThan(5);
    expect([journal.refused.size, journal.unknown.size]).toEqual([0, 0]);
    await journal.check(left);
    await journal.check(right);
  });

  it.each<CommitFate>(['lost', 'unanswered', 'answer lost'])(
    'take place once although every other COMMIT is %s',
    async (fate) => {
      const [left, right] = [await open({ maxSilence: 400 }), await open({ maxSilence: 400 })];
      let commits = 0;
      proxy.onCommit(() => ((commits += 1) % 2 === 0 ? fate : 'forwarded'));
      await commitAll(1, left, right);
      proxy.onCommit(() => 'forwarded');
      await until(() => journal.commit(left, 'reading'));
      await journal.check(left);
      await journal.check(right);
    },
  );

  const STATEMENTS: readonly (StatementName | 'BEGIN' | 'COMMIT')[] = [
    ...(['BEGIN', 'lock', 'log', 'values', 'newestAppended', 'advance', 'put', 'note', 'mark', 'COMMIT'] as const),
  ];

  /** Does something else, once, instead of a statement of a commit. */
  const instead = (
    statement: string,
    act: (session: Session, send: () => Promise<unknown>) => Promise<unknown>,
  ): { readonly options: TestStoreOptions; readonly arm: () => void; readonly isDone: () => boolean } => {
    let armed = false;
    let done = false;
    const through = async <T>(session: Session, name: string, send: () => Promise<T>): Promise<T> => {
      if (!armed || !name.startsWith(statement)) return send();
      [armed, done] = [false, true];
      await act(session, send);
      throw new Error('The statement was to fail');
    };
    return {
      arm: () => (armed = true),
      isDone: () => done,
      options: {
        wrap: (session, purpose) =>
          purpose !== 'commit'
            ? session
            : withSession(session, {
                run: (name, values) => through(session, name, () => session.run(name, values)),
                command: (text) => through(session, text, () => session.command(text)),
              }),
      },
    };
  };

  describe.each(STATEMENTS)('at %s', (statement) => {
    it.each<Kind>(['reading', 'read one, write another', 'two streams', 'exclusive'])(
      'take place once although the connection is lost before or after it: %s',
      async (kind) => {
        const before = instead(statement, (session) => {
          // At once: what comes after it in the pipeline must not arrive either.
          session.destroy();
          throw new ConnectionLostError('injected');
        });
        const after = instead(statement, async (session, send) => {
          await send().finally(() => session.destroy());
          throw new ConnectionLostError('injected');
        });
        for (const { options, arm, isDone } of [before, after]) {
          const [store, other] = [await open(options, direct), await open({}, direct)];
          await journal.commit(other, 'blind');
          arm();
          await journal.commit(store, kind);
          expect(journal.lastFailure).toBeUndefined();
          expect(isDone()).toBe(true);
          await journal.commit(other, kind);
          await journal.check(store);
        }
      },
    );

    it.each(['40001', '40P01', '55P03', '23502'])('run again after the error %s of the database', async (code) => {
      const raise = `DO $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '${code}'; END $$`;
      const { options, arm, isDone } = instead(statement, (session) => session.command(raise));
      // What comes after it in the pipeline is refused by the database itself, unless there is no transaction yet.
      const store = await open(options, direct);
      await journal.commit(store, 'blind');
      arm();
      expect(await journal.commit(store, 'two streams')).toBe(true);
      expect(isDone()).toBe(true);
      await journal.check(store);
    });
  });

  it.each([true, false])('are looked up after 40003, where the database itself does not know: %s', async (took) => {
    const { options, arm, isDone } = instead('COMMIT', async (session, send) => {
      await (took ? send() : session.command('ROLLBACK'));
      throw Object.assign(new pg.DatabaseError('injected', 0, 'error'), { code: '40003' });
    });
    const store = await open(options, direct);
    for (const kind of KINDS) {
      arm();
      expect(await journal.commit(store, kind)).toBe(true);
    }
    expect(isDone()).toBe(true);
    await journal.check(store);
  });
});
