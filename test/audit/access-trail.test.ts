import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccessTrail, createAccessTrail } from '../../src/audit/access-trail.js';
import { type KeyedHash, loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { auditPage } from '../../src/audit/log.js';
import { UnavailableError } from '../../src/errors.js';
import { erasePerson } from '../../src/maintenance/people/erase-person.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { ORGANIZATION_NODE } from '../../src/model/node.js';
import type { Store } from '../../src/store/contract.js';
import { openMemoryStore } from '../support/memory-engine.js';

const actorOf = (sub: string, org = 'default') => ({ sub, org, requestId: 'request-1' });

let store: Store;
let keyedHash: KeyedHash;
let trail: AccessTrail;
let failures: unknown[];
beforeEach(async () => {
  store = await openMemoryStore();
  keyedHash = await loadKeyedHash(store);
  failures = [];
  trail = createAccessTrail({ store, keyedHash, now: Date.now }, (error) => failures.push(error));
});
afterEach(async () => {
  await trail.stop();
  await store.close();
});

async function events(org = 'default') {
  const page = await store.read((reader) => auditPage(reader, org, { node: ORGANIZATION_NODE }, 1_000, undefined));
  return page.events;
}

describe('the trail of reads and refusals', () => {
  it('has one event for what somebody repeats within a minute, with a count and sums', async () => {
    for (const rows of [1, 2, 3]) trail.count(actorOf('ann'), 'graph.query', 'hash', { rows });
    trail.count(actorOf('ann'), 'graph.query', 'another hash', { rows: 5 });
    trail.count(actorOf('ben'), 'access.refuse', 'GET /route');
    trail.count(actorOf('ann', 'acme'), 'access.refuse', 'GET /route');
    await trail.flush();
    const found = await events();
    expect(found.map(({ actor, action, details }) => [actor, action, details]).reverse()).toEqual([
      ['ann', 'graph.query', { subject: 'hash', count: 3, rows: 6 }],
      ['ann', 'graph.query', { subject: 'another hash', count: 1, rows: 5 }],
      ['ben', 'access.refuse', { subject: 'GET /route', count: 1 }],
    ]);
    expect(await events('acme')).toHaveLength(1);
    await trail.flush();
    expect(await events()).toHaveLength(3);
    expect((await verifyStore(store)).disagreements).toEqual([]);
  });

  it('is recorded for one organization without the others', async () => {
    for (const org of ['default', 'acme']) trail.count(actorOf('ann', org), 'access.refuse', 'GET /route');
    await trail.flush('acme');
    expect([(await events('acme')).length, (await events()).length]).toEqual([1, 0]);
    await trail.flush();
    expect([(await events('acme')).length, (await events()).length]).toEqual([1, 1]);
  });

  it('is bounded for each actor and for all, and loses no count', async () => {
    for (let subject = 0; subject < 200; subject++) trail.count(actorOf('ann'), 'access.refuse', `GET /${subject}`);
    await trail.flush();
    const ofAnn = await events();
    expect(ofAnn).toHaveLength(51);
    expect(ofAnn.reduce((sum, { details }) => sum + Number(details?.['count']), 0)).toBe(200);

    for (let actor = 0; actor < 12_000; actor++)
      trail.count(actorOf(`user-${actor}`, 'acme'), 'access.refuse', 'GET /');
    await trail.flush();
    const { events: newest } = await store.read((reader) => auditPage(reader, 'acme', {}, 1, undefined));
    expect(newest).toMatchObject([
      { actor: 'feedback-graph', position: 10_001, details: { subject: 'others', count: 2_000 } },
    ]);
  });

  it('of one organization is the same however much another one does', async () => {
    for (let actor = 0; actor < 10_000; actor++)
      trail.count(actorOf(`user-${actor}`, 'acme'), 'access.refuse', 'GET /');
    trail.count(actorOf('ann'), 'access.refuse', 'GET /route');
    await trail.flush('default');
    expect(await events()).toMatchObject([{ actor: 'ann', details: { subject: 'GET /route', count: 1 } }]);
  });

  it('keeps what it could not record for the next time', async () => {
    const failing = createAccessTrail(
      {
        store: { transact: () => Promise.reject(new UnavailableError('The disk is full', 1)) },
        keyedHash,
        now: Date.now,
      },
      (error) => failures.push(error),
    );
    failing.count(actorOf('ann'), 'access.refuse', 'GET /route');
    await expect(failing.flush()).rejects.toThrow('The disk is full');
    await failing.stop();
    expect(failures).toHaveLength(1);
  });

  it('forgets the names of those who are erased, and its chain still verifies', async () => {
    for (let time = 0; time < 3; time++) await trail.record(actorOf('ann'), 'organization.backup', { entries: time });
    await trail.record(actorOf('ben'), 'organization.backup', { entries: 9 });
    await erasePerson({ store, keyedHash, now: Date.now }, actorOf('admin'), { sub: 'ann' });
    expect((await events()).map(({ actor }) => actor)).toEqual(['ben', '[erased]', '[erased]', '[erased]']);
    expect((await verifyStore(store)).disagreements).toEqual([]);
  });

  it('names nobody whom another server has erased since the acts were counted, and names who acts later', async () => {
    const clock = { now: Date.now() };
    const ofAnother = createAccessTrail({ store, keyedHash, now: () => clock.now }, (error) => failures.push(error));
    for (const sub of ['ann', 'ben']) ofAnother.count(actorOf(sub), 'access.refuse', 'GET /route');
    await trail.flush();
    await erasePerson({ store, keyedHash, now: () => clock.now }, actorOf('admin'), { sub: 'ann' });
    expect((await verifyStore(store)).disagreements).toEqual([]);
    // What others record meanwhile does not make it known again.
    await trail.record(actorOf('admin'), 'person.erase', { entries: 0 });
    await ofAnother.flush();
    expect((await events()).map(({ actor }) => actor).sort()).toEqual(['[erased]', 'admin', 'ben']);

    clock.now += 11 * 60_000;
    ofAnother.count(actorOf('ann'), 'access.refuse', 'GET /other');
    await ofAnother.stop();
    expect((await events()).map(({ actor }) => actor)).toContain('ann');
    expect(failures).toEqual([]);
    expect((await verifyStore(store)).disagreements).toEqual([]);
  });
});
