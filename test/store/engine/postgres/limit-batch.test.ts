import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Charge, ChargeOutcome } from '../../../../src/store/contract.js';
import { createLimitBatch } from '../../../../src/store/engine/postgres/limit-batch.js';
import { createFakeTables, fakeLimitTable, type FakeTables } from '../../../support/limit-table.js';

const MINUTE = 60_000;
const LIMITS: Readonly<Record<string, number>> = { anna: 7, bert: 5, acme: 9 };

const charge = (name: string, points: number): Charge => ({
  name,
  points,
  limit: LIMITS[name]!,
  milliseconds: MINUTE,
});

interface Counted {
  readonly charges: readonly Charge[];
  readonly outcome: ChargeOutcome;
}

function createServer(tables: FakeTables, name: string, travel: () => Promise<void> = () => Promise.resolve()) {
  const table = fakeLimitTable(tables, name, travel);
  const count = createLimitBatch({ table, onOwned: () => Promise.resolve(), now: () => tables.time });
  return async (requests: readonly (readonly Charge[])[]): Promise<Counted[]> => {
    const counted: Counted[] = [];
    await count(requests.map((charges) => ({ charges, answer: (outcome) => counted.push({ charges, outcome }) })));
    return counted;
  };
}

describe('requests that are counted together', () => {
  it('take one statement where all fit, and none where it is known that nothing is left', async () => {
    const tables = createFakeTables();
    const count = createServer(tables, 'one');
    await count([[charge('anna', 1)]]);
    tables.statements = 0;
    await count(Array.from({ length: 6 }, () => [charge('anna', 1)]));
    expect(tables.statements).toBe(1);
    await count([[charge('anna', 1)]]);
    tables.statements = 0;
    const [refused] = await count([[charge('anna', 1)]]);
    expect(refused?.outcome).toEqual({ refusedBy: 0, states: [{ used: 7, resetMilliseconds: MINUTE }] });
    expect(tables.statements).toBe(0);
    tables.time += MINUTE;
    expect((await count([[charge('anna', 1)]]))[0]?.outcome.refusedBy).toBeUndefined();
  });

  it('let smaller ones pass beside one that is too large', async () => {
    const count = createServer(createFakeTables(), 'one');
    const counted = await count([[charge('anna', 4)], [charge('anna', 4)], [charge('anna', 3)]]);
    const allowed = counted.filter(({ outcome }) => outcome.refusedBy === undefined);
    expect(allowed.map(({ charges }) => charges[0]?.points)).toEqual([4, 3]);
  });

  it('are refused with what is left now where something is left', async () => {
    const tables = createFakeTables();
    const [one, other] = [createServer(tables, 'one'), createServer(tables, 'other')];
    await one([[charge('anna', 1)]]);
    await other([[charge('anna', 2)]]);
    const [refused] = await one([[charge('anna', 8)]]);
    expect(refused?.outcome).toMatchObject({ refusedBy: 0, states: [{ used: 3 }] });
  });

  it('count exactly on any number of servers, in any order of statements', async () => {
    const request = fc
      .tuple(fc.constantFrom('anna', 'bert'), fc.integer({ min: 1, max: 4 }), fc.boolean())
      .map(([user, points, ofOrg]) => [charge(user, points), ...(ofOrg ? [charge('acme', points)] : [])]);
    const server = fc.array(fc.array(request, { minLength: 1, maxLength: 5 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(server, { minLength: 1, maxLength: 3 }), async (scheduler, servers) => {
        const tables = createFakeTables();
        const running = servers.map(async (batches, nth) => {
          const count = createServer(tables, `server-${nth}`, () => scheduler.schedule(Promise.resolve()));
          const counted: Counted[] = [];
          for (const batch of batches) counted.push(...(await count(batch)));
          return counted;
        });
        const counted = (await scheduler.waitFor(Promise.all(running))).flat();
        expect(counted).toHaveLength(servers.flat(2).length);
        for (const [name, limit] of Object.entries(LIMITS)) expectExact(counted, name, limit);
      }),
    );
  });
});

/** Each that was let through was told of another part of the limit, and each that was refused would not have fitted. */
function expectExact(counted: readonly Counted[], name: string, limit: number): void {
  const parts: { from: number; to: number }[] = [];
  for (const { charges, outcome } of counted) {
    const nth = charges.findIndex((one) => one.name === name);
    const state = outcome.states[nth];
    if (state === undefined) continue;
    const points = charges[nth]!.points;
    if (outcome.refusedBy === undefined) parts.push({ from: state.used - points, to: state.used });
    else if (outcome.refusedBy === nth) expect(state.used + points).toBeGreaterThan(limit);
  }
  parts.sort((one, other) => one.from - other.from);
  let end = 0;
  for (const { from, to } of parts) {
    expect(from).toBe(end);
    end = to;
  }
  expect(end).toBeLessThanOrEqual(limit);
}
