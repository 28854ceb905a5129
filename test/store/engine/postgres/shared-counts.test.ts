import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Charge, ChargeOutcome } from '../../../../src/store/contract.js';
import { PostgresCounts } from '../../../../src/store/engine/postgres/shared-counts.js';
import { createFakeTables, fakeBeat, fakeLimitTable, type FakeTables } from '../../../support/limit-table.js';

const HOUR = 3_600_000;
const LIMIT = 10;

const charge = (name: string, points = 1): Charge => ({ name, points, limit: LIMIT, milliseconds: HOUR });

interface Server {
  readonly name: string;
  readonly counts: PostgresCounts;
  readonly beat: () => Promise<void>;
}

/** Servers over tables in memory, whose clock moves only when a test moves it, or one of them waits. */
function createServers(tables: FakeTables, travel: () => Promise<void> = () => Promise.resolve()) {
  const live: Server[] = [];
  let made = 0;

  const pass = async (milliseconds: number): Promise<void> => {
    for (let left = milliseconds; left > 0; left -= 500) {
      tables.time += Math.min(left, 500);
      await Promise.all(live.map((server) => server.beat().catch(() => undefined)));
      // No statement takes as long as that.
      do await new Promise(setImmediate);
      while (tables.underway > 0);
    }
  };

  const join = async (): Promise<Server> => {
    made += 1;
    const name = `server-${made}`;
    const server: Server = {
      name,
      beat: async () => counts.onBeat(await fakeBeat(tables, name, travel)),
      counts: new PostgresCounts({
        table: fakeLimitTable(tables, name, travel),
        server: name,
        beat: () => server.beat(),
        now: () => tables.time,
        // A joining server looks again after a while; nobody gives up a heartbeat that does answer.
        wait: (milliseconds) => (milliseconds < 1_000 ? pass(500) : new Promise(() => undefined)),
      }),
    };
    const { counts } = server;
    await server.beat();
    live.push(server);
    await counts.start();
    return server;
  };

  const kill = (server: Server): void => {
    live.splice(live.indexOf(server), 1);
  };

  const stop = async (server: Server): Promise<void> => {
    await server.counts.close();
    kill(server);
    tables.servers.delete(server.name);
  };

  return { live, pass, join, kill, stop };
}

async function charged({ counts }: Server, name: string, times: number): Promise<number> {
  const outcomes = await Promise.all(Array.from({ length: times }, async () => counts.charge([charge(name)])));
  return outcomes.filter(({ refusedBy }) => refusedBy === undefined).length;
}

/** A server that has counted in its memory for a while. */
async function startAlone(tables: FakeTables) {
  const servers = createServers(tables);
  const one = await servers.join();
  const waits = async () => {
    await servers.pass(500);
    return one.counts.charge([charge('probe')]) instanceof Promise;
  };
  await expect.poll(waits).toBe(false);
  return { one, servers };
}

describe('the counts of servers over one database', () => {
  it('are in the memory of the only one, which sends no statement for them', async () => {
    const tables = createFakeTables();
    const { one, servers } = await startAlone(tables);
    tables.statements = 0;
    for (let second = 0; second < 100; second++) {
      await servers.pass(1_000);
      expect(one.counts.charge([charge('anna')])).not.toBeInstanceOf(Promise);
    }
    expect(tables.statements).toBe(0);
    expect(one.counts.charge([charge('anna')])).toMatchObject({ refusedBy: 0, states: [{ used: 10 }] });
  });

  it('are known to one that joins, and to the only one that is left', async () => {
    const tables = createFakeTables();
    const { one, servers } = await startAlone(tables);
    expect(await charged(one, 'anna', 4)).toBe(4);
    const other = await servers.join();
    expect(await charged(other, 'anna', 4)).toBe(4);
    await servers.stop(other);
    await servers.pass(3_000);
    expect(one.counts.charge([charge('probe', LIMIT)])).not.toBeInstanceOf(Promise);
    expect(await charged(one, 'anna', 4)).toBe(2);
  });

  it('survive one that dies while there are others', async () => {
    const tables = createFakeTables();
    const { one, servers } = await startAlone(tables);
    const other = await servers.join();
    expect(await charged(one, 'anna', 6)).toBe(6);
    servers.kill(one);
    expect(await charged(other, 'anna', 6)).toBe(4);
    await servers.pass(15_000);
    expect(other.counts.charge([charge('anna')])).toMatchObject({ refusedBy: 0 });
  });

  it('are taken over from the only one if it is dead, within the time that a start may take', async () => {
    const tables = createFakeTables();
    const { one, servers } = await startAlone(tables);
    servers.kill(one);
    const before = tables.time;
    const other = await servers.join();
    expect(tables.time - before).toBeLessThanOrEqual(3_500);
    expect(await charged(other, 'anna', 12)).toBe(10);
  });

  it('go on in the table where the only one stood still for so long that another has taken its place', async () => {
    const tables = createFakeTables();
    const { one, servers } = await startAlone(tables);
    expect(await charged(one, 'anna', 3)).toBe(3);
    servers.kill(one);
    const other = await servers.join();
    expect(await charged(other, 'anna', 4)).toBe(4);
    servers.live.push(one);
    // Its first request finds out before it is counted.
    expect(await charged(one, 'anna', 6)).toBe(3);
    expect(await charged(other, 'anna', 1)).toBe(0);
  });

  it('stay with each server while the database is away, and come together again', async () => {
    const tables = createFakeTables();
    const servers = createServers(tables);
    const one = await servers.join();
    const other = await servers.join();
    expect(await charged(one, 'anna', 2)).toBe(2);
    tables.isAway = true;
    expect(await charged(one, 'anna', 3)).toBe(3);
    expect(await charged(other, 'anna', 3)).toBe(3);
    tables.isAway = false;
    await servers.pass(1_000);
    await Promise.all([charged(one, 'bert', 1), charged(other, 'bert', 1)]);
    expect(await charged(one, 'anna', 10)).toBe(2);
  });

  it('are in the memory of the only one while the database is away, however long', async () => {
    const tables = createFakeTables();
    const { one, servers } = await startAlone(tables);
    expect(await charged(one, 'anna', 4)).toBe(4);
    tables.isAway = true;
    await servers.pass(10_000);
    expect(await charged(one, 'anna', 4)).toBe(4);
    tables.isAway = false;
    await servers.pass(1_000);
    expect(await charged(one, 'anna', 4)).toBe(2);
  });

  it('are exact whatever joins, stops, dies and is asked, in any order of statements', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('charge' as const),
          server: fc.nat(5),
          name: fc.constantFrom('anna', 'bert'),
          points: fc.integer({ min: 1, max: 3 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(1, 3, 12) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constantFrom('join' as const, 'stop' as const, 'kill' as const),
          server: fc.nat(5),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 8 }),
        async (scheduler, rounds) => {
          const tables = createFakeTables();
          const servers = createServers(tables, () => scheduler.schedule(Promise.resolve()));
          const allowed = new Map<string, number>();
          const work = async (): Promise<void> => {
            await servers.join();
            for (const round of rounds) {
              const refused: Charge[] = [];
              // What stops or dies does so between requests.
              for (const one of round) await leave(servers, tables, one);
              await Promise.all(
                round.map(async (one) => {
                  if (one.kind === 'pass') return servers.pass(one.seconds * 1_000);
                  if (one.kind === 'join' && servers.live.length < 4) return servers.join();
                  if (one.kind !== 'charge') return undefined;
                  const { counts } = servers.live[one.server % servers.live.length]!;
                  const asked = charge(one.name, one.points);
                  const { refusedBy }: ChargeOutcome = await counts.charge([asked]);
                  if (refusedBy !== undefined) refused.push(asked);
                  else allowed.set(asked.name, (allowed.get(asked.name) ?? 0) + asked.points);
                  return undefined;
                }),
              );
              for (const sum of allowed.values()) expect(sum).toBeLessThanOrEqual(LIMIT);
              for (const { name, points } of refused) expect((allowed.get(name) ?? 0) + points).toBeGreaterThan(LIMIT);
            }
          };
          await scheduler.waitFor(work());
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** Lets a server stop, or die unless what it has counted is in its memory alone. */
async function leave(
  { live, stop, kill }: ReturnType<typeof createServers>,
  tables: FakeTables,
  step: { readonly kind: string; readonly server?: number },
): Promise<void> {
  const server = live[(step.server ?? 0) % live.length];
  if (server === undefined || live.length < 2) return;
  if (step.kind === 'stop') await stop(server);
  if (step.kind === 'kill' && tables.owner !== server.name) kill(server);
}
