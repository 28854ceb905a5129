import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../../src/store/contract.js';
import { openPostgresStore } from '../../../../../src/store/engine/postgres/postgres-store.js';
import type { OpenSession, Session } from '../../../../../src/store/engine/postgres/session.js';
import type { StatementName } from '../../../../../src/store/engine/postgres/statements.js';
import { type KeptTables, useKeptTables } from '../../../../support/postgres/kept-tables.js';
import { type CommitFate, type PostgresProxy, startProxy } from '../../../../support/postgres/proxy.js';
import {
  interceptSession,
  leaveUnknown,
  loseAnswer,
  loseSession,
  raiseError,
} from '../../../../support/postgres/sessions.js';
import { createTestDatabase, sharedPostgres } from '../../../../support/postgres/shared.js';
import {
  createTables,
  Journal,
  type Kind,
  KINDS,
  openStoreAt,
  SLASH_STREAMS,
  until,
} from '../../../../support/postgres/store.js';

/** Clients of all stores that commit one transaction of each kind after another. */
async function commitAll(journal: Journal, rounds: number, ...stores: readonly Store[]): Promise<void> {
  const clients = stores.flatMap((store) => [store, store, store]);
  await Promise.all(
    clients.map(async (store, client) => {
      for (let round = 0; round < rounds; round++) {
        for (let at = 0; at < KINDS.length; at++) {
          await journal.commit(store, KINDS[(at + client) % KINDS.length] ?? 'blind');
        }
      }
    }),
  );
}

describe('commits over a network that fails', () => {
  let proxy: PostgresProxy;
  beforeAll(async () => {
    proxy = await startProxy(await sharedPostgres());
  });
  afterAll(() => proxy.stop());

  it.each<CommitFate>(['lost', 'unanswered', 'answer lost'])(
    'take place once although every other COMMIT is %s',
    async (fate) => {
      const direct = await createTestDatabase();
      await createTables(direct);
      const open = (): Promise<Store> => openStoreAt(proxy.through(direct), { maxSilence: 150 });
      const [left, right] = [await open(), await open()];
      const journal = new Journal();
      let commits = 0;
      proxy.onCommit(() => ((commits += 1) % 2 === 0 ? fate : 'forwarded'));
      await commitAll(journal, 1, left, right);
      proxy.onCommit(() => 'forwarded');
      await until(() => journal.commit(left, 'reading'));
      await journal.check(left);
      await journal.check(right);
      await Promise.all([left.close(), right.close()]);
    },
  );
});

describe('commits of two servers', () => {
  const nextTables = useKeptTables();
  let tables: KeptTables;
  let journal: Journal;
  const stores: Store[] = [];

  const open = async (wrap: (open: OpenSession) => OpenSession = (openSession) => openSession): Promise<Store> => {
    const openSession = wrap(tables.openSession);
    const store = await openPostgresStore({ openSession, version: 'test', streams: SLASH_STREAMS });
    stores.push(store);
    return store;
  };

  beforeEach(async () => {
    tables = await nextTables();
    journal = new Journal();
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    tables.release();
  });

  it('take place once although the answer to the COMMIT of every group is lost', async () => {
    let lost = 0;
    const loseAnswers =
      (openSession: OpenSession): OpenSession =>
      async (purpose) => {
        const session = await openSession(purpose);
        let isGroup = false;
        return interceptSession(session, (name, send) => {
          isGroup ||= name === 'advance';
          if (name !== 'COMMIT' || !isGroup) return send();
          lost += 1;
          return loseAnswer(session, send);
        });
      };
    const [left, right] = [await open(loseAnswers), await open(loseAnswers)];
    await commitAll(journal, 2, left, right);
    expect(lost).toBeGreaterThan(5);
    expect([journal.refused.size, journal.unknown.size]).toEqual([0, 0]);
    await journal.check(left);
    await journal.check(right);
  });

  const STATEMENTS: readonly (StatementName | 'BEGIN' | 'COMMIT')[] = [
    ...(['BEGIN', 'lock', 'log', 'values', 'newestAppended', 'advance', 'put', 'note', 'mark', 'COMMIT'] as const),
  ];

  /** Does something else, once, instead of a statement of a commit. */
  const instead = (
    statement: string,
    act: (session: Session, send: () => Promise<unknown>) => Promise<never>,
  ): {
    readonly wrap: (open: OpenSession) => OpenSession;
    readonly arm: () => void;
    readonly isDone: () => boolean;
  } => {
    let armed = false;
    let done = false;
    return {
      arm: () => (armed = true),
      isDone: () => done,
      wrap: (openSession) => async (purpose) => {
        const session = await openSession(purpose);
        if (purpose !== 'commit') return session;
        return interceptSession(session, (name, send) => {
          if (!armed || !name.startsWith(statement)) return send();
          [armed, done] = [false, true];
          return act(session, send);
        });
      },
    };
  };

  describe.each(STATEMENTS)('at %s', (statement) => {
    it.each<Kind>(['reading', 'read one, write another', 'two streams', 'exclusive'])(
      'take place once although the connection is lost before or after it: %s',
      async (kind) => {
        const before = instead(statement, loseSession);
        const after = instead(statement, loseAnswer);
        for (const { wrap, arm, isDone } of [before, after]) {
          const [store, other] = [await open(wrap), await open()];
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
      const { wrap, arm, isDone } = instead(statement, (session) => raiseError(session, code));
      // What comes after it in the pipeline is refused by the database itself, unless there is no transaction yet.
      const store = await open(wrap);
      await journal.commit(store, 'blind');
      arm();
      expect(await journal.commit(store, 'two streams')).toBe(true);
      expect(isDone()).toBe(true);
      await journal.check(store);
    });
  });

  it.each([true, false])('are looked up after 40003, where the database itself does not know: %s', async (took) => {
    const { wrap, arm, isDone } = instead('COMMIT', (session, send) => leaveUnknown(session, send, took));
    const store = await open(wrap);
    for (const kind of KINDS) {
      arm();
      expect(await journal.commit(store, kind)).toBe(true);
    }
    expect(isDone()).toBe(true);
    await journal.check(store);
  });
});
