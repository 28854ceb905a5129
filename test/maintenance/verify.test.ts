import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../src/errors.js';
import { countAdapterDays } from '../../src/feedback/index/adapter-days.js';
import { verifyStore, type VerifyReport } from '../../src/maintenance/verify.js';
import { FIELDS } from '../../src/model/feedback-fields.js';
import type { Key, Store } from '../../src/store/contract.js';
import { openStore } from '../../src/store/open.js';
import { decodeRecord, encodeRecord } from '../../src/store/record.js';
import { openTransactionalStore } from '../../src/store/transactions/transactional-store.js';
import { APPROVED } from '../support/feedback.js';
import {
  copyDisk,
  createMemoryDisk,
  type MemoryDisk,
  memoryEngine,
  openMemoryStore,
} from '../support/memory-engine.js';
import { domainOf } from './support.js';

const EMPTY = Buffer.alloc(0);
const FOR_TRAINING = { ...APPROVED, adapterId: 'to-train' } as const;

/** One of everything that a store can hold. */
async function fill(store: Store) {
  const domain = await domainOf(store);
  const full = await domain.submit(
    {
      ...APPROVED,
      question: 'The secret question?',
      userId: 'ann',
      interactionId: 'i:1',
      modelVersion: 'm:1',
      adapterId: 'lora:a',
      adapterVersion: 'v1',
      externalId: 'ext:1',
    },
    { key: 'retry-1' },
  );
  const plain = await domain.submit({ ...APPROVED, type: 'negative' });
  await domain.link(plain, 'lora-b');
  const shared = await domain.submit({ ...APPROVED, type: 'negative', adapterId: 'lora-c' });
  await domain.link(shared, 'lora-d');
  const used = await domain.submit({ ...APPROVED, userId: 'bob', adapterId: 'lora:a', modelVersion: 'm:1' });
  await domain.register('lora:a', ['base', 'lora.0']);
  await domain.register('lora:a', ['base']);
  await domain.register('lora-b', ['lora:a']);
  await domain.markUsed([used], 7);
  const erased = await domain.submit({ ...APPROVED, userId: 'ann', adapterId: 'lora:a', externalId: 'ext:2' });
  await domain.erase(erased);
  await domain.submit({ ...APPROVED, userId: 'ann', adapterId: 'lora:a' }, { org: 'other:org' });
  const [held, gone] = [await domain.submit(FOR_TRAINING), await domain.submit(FOR_TRAINING)];
  await domain.claim('to-train');
  await domain.erase(gone);
  await domain.noteOfOrganization();
  await domain.noteOfOrganization();
  await domain.register('staged', []);
  await domain.stage('staged');
  const view = await domain.saveView('Shared', true);
  const unlinked = await domain.submit({ ...APPROVED, type: 'negative' });
  await domain.link(unlinked, 'lora-b');
  const done = await domain.startBulk({ action: 'unlink', adapterId: 'lora-b', unlinksOthers: true }, [unlinked]);
  await domain.finishBulk(done);
  const running = await domain.startBulk({ action: 'approve' }, [plain]);
  const { webhook, deliveries } = await domain.createWebhook();
  return { full, plain, shared, used, erased, held, gone, view, unlinked, done, running, webhook, deliveries };
}

type Ids = Awaited<ReturnType<typeof fill>>;

let disk: MemoryDisk;
let ids: Ids;
beforeAll(async () => {
  disk = createMemoryDisk();
  const store = await openTransactionalStore(memoryEngine(disk));
  ids = await fill(store);
  await store.close();
});

/** Opens a copy of the filled store after `damage` was done to its raw keys. */
function openDamaged(damage: (values: MemoryDisk) => void): Promise<Store> {
  const copy = copyDisk(disk);
  damage(copy);
  const values = new Map(copy.values);
  // A new disk sorts what was put in raw.
  const sorted = [...values.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return openTransactionalStore(memoryEngine({ values, sorted }));
}

/** The only key that starts so and ends so. */
function theKey(start: string, end = ''): Key {
  const found = [...disk.values.keys()].filter((key) => key.startsWith(start) && key.endsWith(end));
  expect(found, `${start}…${end}`).toHaveLength(1);
  return found[0]!;
}

function firstKey(start: string): Key {
  const found = [...disk.values.keys()].filter((key) => key.startsWith(start)).sort();
  expect(found).not.toEqual([]);
  return found[0]!;
}

function flipped(value: Buffer): Buffer {
  const copy = Buffer.from(value);
  copy[copy.length - 1]! ^= 1;
  return copy;
}

function edited(value: Buffer, edit: (record: Record<string, unknown>) => object): Buffer {
  return encodeRecord(edit(decodeRecord(value) as Record<string, unknown>));
}

const lines = (report: VerifyReport) =>
  report.disagreements.map(
    ({ kind, organization = '', node, problem }) => `${kind} ${organization}/${node}: ${problem}`,
  );

interface Case {
  readonly what: string;
  readonly damage: (values: Map<Key, Buffer>) => void;
  /** Every disagreement that is to be found, as a part of its line. */
  readonly found: () => readonly string[];
  /** What a repair leaves; nothing where all of it can be derived. */
  readonly left?: () => readonly string[];
}

const remove = (key: () => Key) => (values: Map<Key, Buffer>) => {
  expect(values.delete(key())).toBe(true);
};
const change = (key: () => Key, to: (value: Buffer) => Buffer) => (values: Map<Key, Buffer>) => {
  const value = values.get(key());
  expect(value).toBeDefined();
  values.set(key(), to(value!));
};
const add =
  (key: () => Key, value: () => Buffer = () => EMPTY) =>
  (values: Map<Key, Buffer>) => {
    expect(values.has(key())).toBe(false);
    values.set(key(), value());
  };

const idempotencyExpiry = (): Key => theKey('expiry:', theKey('idempotency:').replaceAll(':', '%3A'));
const record = () => `help_feedback:default:${ids.full}`;
const voteHash = () => theKey('vote:default:').split(':').at(-1)!;
const externalHash = () => theKey('external_id:default:').split(':').at(-1)!;
const STRANGER = 'feedback-01900000-0000-7000-8000-000000000000';

/** What can be derived from the rest. */
const DERIVED: readonly Case[] = [
  {
    what: 'lease missing',
    damage: remove(() => theKey('lease:')),
    found: () => ['lease default/batch-1: would never expire'],
  },
  {
    what: 'lease of nothing',
    damage: add(() => 'lease:000000000000001:training_batch%3Adefault%3A0000000007'),
    found: () => ['lease /training_batch:default:0000000007: does not hold feedback until then'],
  },
  {
    what: 'saved view missing in the list of its owner',
    damage: remove(() => theKey('saved_view_list:default:own:')),
    found: () => [`saved_view_list default/${ids.view}: is missing in a list`],
  },
  {
    what: 'saved view missing in the list of shared ones',
    damage: remove(() => `saved_view_list:default:shared:${ids.view}`),
    found: () => [`saved_view_list default/${ids.view}: is missing in a list`],
  },
  {
    what: 'saved view listed that is not there',
    damage: add(() => 'saved_view_list:default:shared:none'),
    found: () => ['saved_view_list default/none: is in a list that it does not belong to'],
  },
  {
    what: 'adapter missing in the list of its stage',
    damage: remove(() => 'adapter_stage_list:default:candidate:staged'),
    found: () => ['adapter_stage_list default/staged: is not listed as candidate'],
  },
  {
    what: 'adapter listed at a stage that it is not at',
    damage: add(() => 'adapter_stage_list:default:production:staged'),
    found: () => ['adapter_stage_list default/staged: is listed as production, which it is not'],
  },
  {
    what: 'newest evaluation of a metric missing',
    damage: remove(() => 'evaluation_newest:default:staged:accuracy:a%3Ab'),
    found: () => ['evaluation_newest default/staged: does not have its newest evaluation'],
  },
  {
    what: 'newest evaluation of a metric that was never measured',
    damage: (values) => {
      const value = values.get(theKey('evaluation:default:staged:'))!;
      add(
        () => 'evaluation_newest:default:staged:loss:',
        () => value,
      )(values);
    },
    found: () => ['evaluation_newest default/staged: leads to no evaluation of it'],
  },
  ...['stage=candidate', 'evaluations=staged'].map((name) => ({
    what: `counter ${name} missing`,
    damage: remove(() => `count:default:${name}:-`),
    found: () => [`count default/${name}:-: is 0; it should be 1`],
  })),
  {
    what: 'webhook that does not say how far it is',
    damage: (values) => {
      for (const key of [...values.keys()]) if (/^webhook_(?:state|delivery|queue):/.test(key)) values.delete(key);
    },
    found: () => [`webhook_state default/${ids.webhook}: does not say how far its deliveries are`],
  },
  {
    what: 'delivery of no webhook',
    damage: add(
      () => `webhook_delivery:default:none:${ids.deliveries[0]}`,
      () => encodeRecord({ id: ids.deliveries[0], event: 'webhook.test', node: 'none', status: 'gone', attempts: 0 }),
    ),
    found: () => [`webhook_delivery default/${ids.deliveries[0]}: is damaged: its fields do not match its kind`],
    left: () => [`webhook_delivery default/${ids.deliveries[0]}: is damaged: its fields do not match its kind`],
  },
  {
    what: 'delivery missing in a list',
    damage: remove(() => `webhook_queue:default:${ids.webhook}:status:pending:${ids.deliveries[1]}`),
    found: () => [`webhook_queue default/${ids.deliveries[1]}: is missing in a list`],
  },
  {
    what: 'delivery that is to be made before the one in front of it',
    damage: add(() => `webhook_queue:default:${ids.webhook}:due:000000000000001:${ids.deliveries[1]}`),
    found: () => [`webhook_queue default/${ids.deliveries[1]}: is in a list that it does not belong to`],
  },
  {
    what: 'readiness of an adapter for no webhook',
    damage: add(
      () => 'webhook_ready:default:none:lora',
      () => encodeRecord({ toldAt: 1, threshold: 1, fellBelow: false }),
    ),
    found: () => ['webhook_ready default/none: is no webhook that exists'],
  },
  {
    what: 'bulk operation that nobody would carry out',
    damage: remove(() => `bulk_running:default:${ids.running}`),
    found: () => [`bulk_running default/${ids.running}: would never be carried out`],
  },
  {
    what: 'bulk operation that is under way although it has ended',
    damage: add(() => `bulk_running:default:${ids.done}`),
    found: () => [`bulk_running default/${ids.done}: is no operation that is under way`],
  },
  {
    what: 'bulk operation that would never expire',
    damage: remove(() => theKey('expiry:', `bulk_operation%3Adefault%3A${ids.done}`)),
    found: () => [`expiry default/${ids.done}: would never expire`],
  },
  {
    what: 'removed link that would never expire',
    damage: remove(() => theKey('expiry:', `removed_link%3Adefault%3A${ids.unlinked}%3A${ids.done}`)),
    found: () => [`expiry default/${ids.unlinked}: would never expire`],
  },
  {
    what: 'entries of a bulk operation that does not exist',
    damage: add(
      () => 'bulk_entries:default:none:0000',
      () => encodeRecord({ ids: ['a'], outcomes: [2] }),
    ),
    found: () => ['bulk_entries default/none: is no operation that exists'],
  },
  {
    what: 'allocated number missing',
    damage: remove(() => 'training_number:default:last'),
    found: () => ['training_number default/last: is not 1, the highest number allocated'],
  },
  ...['batches', 'erased=batch-1'].map((name) => ({
    what: `counter ${name} missing`,
    damage: remove(() => `count:default:${name}:-`),
    found: () => [`count default/${name}:-: is 0; it should be ${name === 'batches' ? 2 : 1}`],
  })),
  ...['all:a', 'av=lora%3Aa:v1:d', 'i=i%3A1:d', 'm=m%3A1:d', 'ma=m%3A1:lora%3Aa:d'].map((scope) => ({
    what: `index entry ${scope} missing`,
    damage: remove(() => `index:default:${scope.replace(/:[a-x]$/, ':d')}:${ids.full}`),
    found: () => [`index default/${ids.full}: has no index entry for`],
  })),
  {
    what: 'index entry of a user missing',
    damage: remove(() => theKey('index:default:u=', ids.full)),
    found: () => [`index default/${ids.full}: has no index entry for the user with the hash`],
  },
  {
    what: 'index entry of an adapter version that the submission did not name',
    damage: add(() => `index:default:av=lora%3Aa:v2:d:${ids.full}`),
    found: () => [`index default/${ids.full}: has an entry that it should not have for the version v2 of the adapter`],
  },
  {
    what: 'index entry of a set of adapters missing',
    damage: remove(() => theKey('index:default:s=')),
    found: () => [`index default/${ids.shared}: has no index entry for the set of adapters that it is linked to`],
  },
  {
    what: 'index entry of a set of adapters that the feedback is not linked to',
    damage: add(() => `index:default:s=${'0'.repeat(32)}:d:${ids.full}`),
    found: () => [`index default/${ids.full}: has an entry that it should not have for the set of adapters`],
  },
  {
    what: 'set of adapters not listed',
    damage: remove(() => theKey('index:default:ls=lora-c:')),
    found: () => ['index default/lora-c: does not list a set of adapters that it belongs to'],
  },
  {
    what: 'set of adapters listed that is none',
    damage: add(() => `index:default:ls=lora-b:-:${'0'.repeat(32)}`),
    found: () => ['index default/lora-b: lists a set of adapters that no feedback is linked to'],
  },
  {
    what: 'set of adapters listed by one that is not in it',
    damage: add(() => `index:default:ls=base:-:${theKey('index:default:ls=lora-c:').split(':').at(-1)!}`),
    found: () => ['index default/base: lists a set of adapters that no feedback is linked to'],
  },
  {
    what: 'set of adapters listed with a value',
    damage: change(
      () => theKey('index:default:ls=lora-c:'),
      () => Buffer.from('x'),
    ),
    found: () => ['index default/lora-c: lists a set of adapters with a value'],
  },
  {
    what: 'index entry in the wrong class',
    damage: (values) => {
      remove(() => `index:default:all:d:${ids.full}`)(values);
      add(() => `index:default:all:p:${ids.full}`)(values);
    },
    found: () => [
      `index default/${ids.full}: has no index entry for all feedback`,
      `index default/${ids.full}: has an entry that it should not have for all feedback in the facet p`,
    ],
  },
  {
    what: 'index entry of a feedback that never was',
    damage: add(() => `index:default:m=m%3A1:d:${STRANGER}`),
    found: () => [`index default/${STRANGER}: has an entry for the model version m:1 and no record`],
  },
  {
    what: 'index entry of a scope that the feedback is not in',
    damage: add(() => `index:default:i=other:d:${ids.full}`),
    found: () => [`index default/${ids.full}: has an entry that it should not have for the interaction other`],
  },
  {
    what: 'index entry of a user that is another one',
    damage: add(() => `index:default:u=AAAAAAAAAAAAAAAAAAAAAA:d:${ids.full}`),
    found: () => [`index default/${ids.full}: has an entry that it should not have for the user`],
  },
  {
    what: 'index entry that names no feedback',
    damage: add(() => 'index:default:all:d'),
    found: () => ['index default/index:default:all:d: is not the key of an entry'],
  },
  {
    what: 'index entry with a value',
    damage: change(
      () => `index:default:all:d:${ids.full}`,
      () => Buffer.from('x'),
    ),
    found: () => [`index default/${ids.full}: has an entry with a value`],
  },
  {
    what: 'incoming FEEDBACK_FOR edge missing',
    damage: remove(() => `edge:default:FEEDBACK_FOR:in:lora%3Aa:d:${ids.full}`),
    found: () => [`edge default/${ids.full}: has no incoming side of its FEEDBACK_FOR edge to lora:a`],
  },
  {
    what: 'incoming FEEDBACK_FOR edge in the wrong class',
    damage: (values) => {
      remove(() => `edge:default:FEEDBACK_FOR:in:lora%3Aa:d:${ids.full}`)(values);
      add(() => `edge:default:FEEDBACK_FOR:in:lora%3Aa:e:${ids.full}`)(values);
    },
    found: () => [
      `edge default/${ids.full}: has no incoming side`,
      `edge default/${ids.full}: has an entry that it should not have for the adapter lora:a in the facet e`,
    ],
  },
  {
    what: 'incoming FEEDBACK_FOR edge of an adapter that it was never linked to',
    damage: add(() => `edge:default:FEEDBACK_FOR:in:lora-b:d:${ids.full}`),
    found: () => [`edge default/${ids.full}: has an entry that it should not have for the adapter lora-b`],
  },
  {
    what: 'incoming DERIVED_FROM edge missing',
    damage: remove(() => 'edge:default:DERIVED_FROM:in:base:-:lora%3Aa'),
    found: () => ['edge default/lora:a: has no incoming side of its DERIVED_FROM edge to base'],
  },
  {
    what: 'incoming DERIVED_FROM edge alone',
    damage: add(() => 'edge:default:DERIVED_FROM:in:base:-:lora-b'),
    found: () => ['edge default/lora-b: has only the incoming side of a DERIVED_FROM edge to base'],
  },
  {
    what: 'incoming INCLUDES edge missing',
    damage: remove(() => `edge:default:INCLUDES:in:${ids.used}:-:batch-7`),
    found: () => [`edge default/batch-7: has no incoming side of its INCLUDES edge to ${ids.used}`],
  },
  {
    what: 'incoming INCLUDES edge alone',
    damage: add(() => `edge:default:INCLUDES:in:${ids.full}:-:batch-7`),
    found: () => [`edge default/batch-7: has only the incoming side of a INCLUDES edge to ${ids.full}`],
  },
  {
    what: 'incoming TRAINED_ON edge alone',
    damage: add(() => `edge:default:TRAINED_ON:in:batch-7:-:lora-b`),
    found: () => ['edge default/lora-b: has only the incoming side of a TRAINED_ON edge to batch-7'],
  },
  ...['all:d', 'm=m%3A1:d', 'a=lora-b:p', 'adapters:-', 'children=base:-', 'av=lora%3Aa:v1:d', 'ls=lora-c:-'].map(
    (counter) => ({
      what: `counter ${counter} missing`,
      damage: remove(() => firstKey(`count:default:${counter.replace(/p$/, '')}`)),
      found: () => [`count default/${counter.replace(/p$/, '')}`],
    }),
  ),
  {
    what: 'counter wrong',
    damage: change(
      () => 'count:default:all:d',
      () => Buffer.from('41'),
    ),
    found: () => ['count default/all:d: is 41; it should be 1'],
  },
  {
    what: 'counter unreadable',
    damage: change(
      () => 'count:default:all:d',
      () => Buffer.from('many'),
    ),
    found: () => ['count default/all:d: is not a number; it should be 1'],
  },
  {
    what: 'counter of nothing',
    damage: add(
      () => 'count:default:m=none:a',
      () => Buffer.from('3'),
    ),
    found: () => ['count default/m=none:a: is 3; it should be 0'],
  },
  {
    what: 'counter behind all others, stored as 0',
    damage: add(
      () => 'count:default:zoo:a',
      () => Buffer.from('0'),
    ),
    found: () => ['count default/zoo:a: is stored as 0'],
  },
  {
    what: 'pointer to an audit event missing',
    damage: remove(() => firstKey(`audit_of:default:${ids.full}:`)),
    found: () => [`audit_of default/${ids.full}: has no pointer to its audit event`],
  },
  {
    what: "pointer to an adapter's audit event missing",
    damage: remove(() => firstKey('audit_of:default:lora%3Aa:')),
    found: () => ['audit_of default/lora:a: has no pointer to its audit event'],
  },
  {
    what: 'pointer to no audit event',
    damage: add(() => `audit_of:default:${ids.full}:01900000-0000-7000-8000-000000000000`),
    found: () => [`audit_of default/${ids.full}: has a pointer to the audit event 01900000`],
  },
  {
    what: 'pointer to the audit event of another node',
    damage: add(() => `audit_of:default:lora-b:${firstKey(`audit_of:default:${ids.full}:`).split(':').at(-1)!}`),
    found: () => ['audit_of default/lora-b: has a pointer to the audit event'],
  },
  {
    what: 'vote missing',
    damage: remove(() => theKey('vote:default:')),
    found: () => [`vote default/${ids.full}: is not found by its interaction`],
  },
  {
    what: 'vote that leads to another entry',
    damage: change(
      () => theKey('vote:default:'),
      () => encodeRecord({ feedbackId: ids.plain }),
    ),
    found: () => [
      `vote default/${ids.full}: is not found by its interaction, but ${ids.plain} is`,
      `vote default/${voteHash()}: leads to ${ids.plain}, which does not have it`,
    ],
  },
  {
    what: 'vote damaged',
    damage: change(() => theKey('vote:default:'), flipped),
    found: () => [`vote default/${ids.full}: is not found`, `vote default/${voteHash()}: is damaged`],
  },
  {
    what: 'vote of an erased feedback',
    damage: add(
      () => 'vote:default:AAAAAAAAAAAAAAAAAAAAAA',
      () => encodeRecord({ feedbackId: ids.erased }),
    ),
    found: () => [`vote default/AAAAAAAAAAAAAAAAAAAAAA: leads to ${ids.erased}, which does not exist`],
  },
  {
    what: 'external id missing',
    damage: remove(() => theKey('external_id:default:')),
    found: () => [`external_id default/${ids.full}: is not found by its external id`],
  },
  {
    what: 'external id that leads elsewhere',
    damage: change(
      () => theKey('external_id:default:'),
      () => encodeRecord({ feedbackId: ids.plain }),
    ),
    found: () => [
      `external_id default/${ids.full}: is not found by its external id, but ${ids.plain} is`,
      `external_id default/${externalHash()}: leads to ${ids.plain}, which does not have it`,
    ],
  },
  {
    what: 'external id damaged',
    damage: change(() => theKey('external_id:default:'), flipped),
    found: () => [`external_id default/${ids.full}: is not found`, `external_id default/${externalHash()}: is damaged`],
  },
  {
    what: 'external id of an erased feedback',
    damage: add(
      () => 'external_id:default:AAAAAAAAAAAAAAAAAAAAAA',
      () => encodeRecord({ feedbackId: ids.erased }),
    ),
    found: () => [`external_id default/AAAAAAAAAAAAAAAAAAAAAA: leads to ${ids.erased}, which does not exist`],
  },
  {
    what: 'expiry missing',
    damage: remove(() => idempotencyExpiry()),
    found: () => ['expiry default/', 'would never expire'],
  },
  {
    what: 'expiry at another time',
    damage: add(() => idempotencyExpiry().replace(/^expiry:\d{15}/, 'expiry:000000000000042')),
    found: () => ['expiry /idempotency:default:', 'expires at a different time'],
  },
  {
    what: 'expiry of nothing',
    damage: remove(() => theKey('idempotency:default:')),
    found: () => ['expiry /idempotency:default:', 'is to expire but does not exist'],
  },
  {
    what: 'versions and edges of an erased feedback',
    damage: (values) => {
      add(
        () => `help_feedback_version:default:${ids.erased}:0000000001`,
        () => encodeRecord({ had: { version: 1 }, absent: [] }),
      )(values);
      add(
        () => `edge:default:FEEDBACK_FOR:out:${ids.erased}:lora-b`,
        () => encodeRecord({}),
      )(values);
    },
    found: () => [`help_feedback_version default/${ids.erased}: was erased, but 2 of its versions and edges remain`],
  },
];

/** What only a backup can bring back: found, named, and left as it is. */
const LOST: readonly Case[] = [
  {
    what: 'promotion rules damaged',
    damage: change(
      () => 'promotion_rules:default:current',
      (value) => edited(value, (rules) => ({ ...rules, rules: [{ kind: 'luck' }] })),
    ),
    found: () => ['promotion_rules default/organization: is damaged: its fields do not match its kind'],
  },
  {
    what: 'change of a stage damaged',
    damage: change(
      () => theKey('adapter_stage:default:staged:'),
      (value) => edited(value, (stage) => ({ ...stage, stage: 'best' })),
    ),
    found: () => ['adapter_stage default/staged: is damaged: its fields do not match its kind'],
  },
  {
    what: 'stages and evaluations of an adapter that does not exist',
    damage: (values) => {
      for (const kind of ['adapter_stage', 'evaluation']) {
        const key = theKey(`${kind}:default:staged:`);
        values.set(key.replace(':staged:', ':ghost:'), values.get(key)!);
      }
    },
    found: () => [
      'adapter_stage default/ghost: has a history of stages, and does not exist',
      'count default/evaluations=ghost:-: is 0; it should be 1',
      'evaluation default/ghost: has evaluations, and does not exist',
    ],
    left: () => [
      'adapter_stage default/ghost: has a history of stages, and does not exist',
      'evaluation default/ghost: has evaluations, and does not exist',
    ],
  },
  {
    what: 'record damaged',
    damage: change(record, flipped),
    found: () => [`help_feedback default/${ids.full}: is damaged: its checksum is wrong`],
  },
  {
    what: 'record of an unknown format',
    damage: change(record, (value) => Buffer.concat([Buffer.from([9]), value.subarray(1)])),
    found: () => [`help_feedback default/${ids.full}: is damaged: its format 9 is unknown`],
  },
  {
    what: 'record under the wrong id',
    damage: change(record, () => disk.values.get(`help_feedback:default:${ids.plain}`)!),
    found: () => [`help_feedback default/${ids.full}: holds the record of ${ids.plain}`],
  },
  ...FIELDS.map(({ name }) => ({
    what: `record whose ${name} is of another kind`,
    damage: change(record, (value) => edited(value, (entry) => ({ ...entry, [name]: [5] }))),
    found: () => [`help_feedback default/${ids.full}: is damaged: its fields do not match its kind`],
  })),
  {
    what: 'record without its fields',
    damage: change(record, (value) => edited(value, ({ use: _use, ...rest }) => rest)),
    found: () => [`help_feedback default/${ids.full}: is damaged: its fields do not match its kind`],
  },
  {
    what: 'record missing',
    damage: remove(record),
    found: () => [
      `audit_of default/${ids.full}: has 1 audit events and no record`,
      `edge default/${ids.full}: has a FEEDBACK_FOR edge to lora:a and no record`,
      `edge default/${ids.full}: has an entry for the adapter lora:a and no record`,
      `external_id default/${externalHash()}: leads to`,
      ...['a=lora%3Aa', 'all', 'i=i%3A1', 'm=m%3A1', 'ma=m%3A1:lora%3Aa', 'u='].map(
        (scope) => `count default/${scope}`,
      ),
      ...['all feedback', 'the interaction i:1', 'the model version m:1 and', 'the model version m:1', 'the user'].map(
        (scope) => `index default/${ids.full}: has an entry for ${scope}`,
      ),
    ],
    left: () => [
      `audit_of default/${ids.full}: has 1 audit events and no record`,
      `edge default/${ids.full}: has a FEEDBACK_FOR edge to lora:a and no record`,
    ],
  },
  {
    what: 'chain of the organization damaged',
    damage: change(() => 'trail:default:head', flipped),
    found: () => ['trail default/organization: is damaged: its checksum is wrong'],
  },
  {
    what: 'chain of the organization missing',
    damage: remove(() => 'trail:default:head'),
    found: () => ['audit_of default/organization: has audit events but does not exist'],
  },
  {
    what: 'chain of the organization cut off',
    damage: change(
      () => 'trail:default:head',
      (value) => edited(value, (audit) => ({ ...audit, length: 1 })),
    ),
    found: () => ['audit default/organization: has a broken chain of audit events'],
  },
  {
    what: 'version missing',
    damage: remove(() => `help_feedback_version:default:${ids.plain}:0000000001`),
    found: () => [`help_feedback_version default/${ids.plain}: is at version 2, but its version 1 is missing`],
  },
  {
    what: 'version damaged',
    damage: change(() => `help_feedback_version:default:${ids.plain}:0000000001`, flipped),
    found: () => [`help_feedback_version default/${ids.plain}: has a version 1 that is damaged`],
  },
  {
    what: 'version with another number',
    damage: change(
      () => `help_feedback_version:default:${ids.plain}:0000000001`,
      (value) => edited(value, ({ had, absent }) => ({ had: { ...(had as object), version: 4 }, absent })),
    ),
    found: () => [`help_feedback_version default/${ids.plain}: has a version 1 that does not fit`],
  },
  {
    what: 'version from the future',
    damage: add(
      () => `help_feedback_version:default:${ids.full}:0000000005`,
      () => encodeRecord({ had: {}, absent: [] }),
    ),
    found: () => [`help_feedback_version default/${ids.full}: has an earlier version 5, but the current one is 1`],
  },
  {
    what: 'version of nothing',
    damage: add(
      () => `help_feedback_version:default:${STRANGER}:0000000001`,
      () => encodeRecord({ had: {}, absent: [] }),
    ),
    found: () => [`help_feedback_version default/${STRANGER}: has 1 earlier versions and no record`],
  },
  {
    what: 'outgoing FEEDBACK_FOR edge missing, of the adapter in the record',
    damage: remove(() => `edge:default:FEEDBACK_FOR:out:${ids.full}:lora%3Aa`),
    found: () => [`edge default/${ids.full}: has no outgoing side of its FEEDBACK_FOR edge to lora:a`],
  },
  {
    what: 'outgoing FEEDBACK_FOR edge missing, of an adapter that it was linked to later',
    damage: remove(() => `edge:default:FEEDBACK_FOR:out:${ids.plain}:lora-b`),
    found: () => [`edge default/${ids.plain}: has no outgoing side of its FEEDBACK_FOR edge to lora-b`],
  },
  {
    what: 'FEEDBACK_FOR edge damaged',
    damage: change(() => `edge:default:FEEDBACK_FOR:out:${ids.full}:lora%3Aa`, flipped),
    found: () => [`edge default/${ids.full}: has a FEEDBACK_FOR edge to lora:a that is damaged`],
  },
  {
    what: 'DERIVED_FROM edge damaged',
    damage: change(() => 'edge:default:DERIVED_FROM:out:lora-b:lora%3Aa', flipped),
    found: () => ['edge default/lora-b: has an edge DERIVED_FROM to lora:a that is damaged'],
  },
  {
    what: 'outgoing INCLUDES edge missing',
    damage: remove(() => `edge:default:INCLUDES:out:batch-7:${ids.used}`),
    found: () => [
      `edge default/batch-7: has no outgoing side of its INCLUDES edge to ${ids.used}`,
      'training_batch default/batch-7: includes 0 feedback by its edges, and 1 by its record',
    ],
  },
  {
    what: 'adapter missing',
    damage: remove(() => 'adapter:default:lora-b'),
    found: () => [
      'audit_of default/lora-b: has audit events but does not exist',
      'count default/adapters:-: is 8; it should be 7',
      `edge default/${ids.plain}: has a FEEDBACK_FOR edge to lora-b, which does not exist`,
      'edge default/lora-b: has a DERIVED_FROM edge to lora:a, but lora-b does not exist',
    ],
    left: () => [
      'audit_of default/lora-b: has audit events but does not exist',
      `edge default/${ids.plain}: has a FEEDBACK_FOR edge to lora-b, which does not exist`,
      'edge default/lora-b: has a DERIVED_FROM edge to lora:a, but lora-b does not exist',
    ],
  },
  {
    what: 'adapter damaged',
    damage: change(() => 'adapter:default:lora-b', flipped),
    found: () => ['adapter default/lora-b: is damaged'],
  },
  {
    what: 'adapter under the wrong id',
    damage: change(
      () => 'adapter:default:lora-b',
      (value) => edited(value, (adapter) => ({ ...adapter, id: 'another' })),
    ),
    found: () => ['adapter default/lora-b: holds the record of another'],
  },
  {
    what: 'edge to held feedback missing',
    damage: remove(() => `edge:default:INCLUDES:out:batch-1:${ids.held}`),
    found: () => [
      `edge default/batch-1: has no outgoing side of its INCLUDES edge to ${ids.held}`,
      'training_batch default/batch-1: includes 1 feedback by its edges, and 2 by its record',
    ],
  },
  {
    what: 'training batch damaged',
    damage: change(() => 'training_batch:default:0000000007', flipped),
    found: () => ['training_batch default/batch-7: is damaged'],
  },
  {
    what: 'tombstone damaged',
    damage: change(() => `erased_feedback:default:${ids.erased}`, flipped),
    found: () => [`erased_feedback default/${ids.erased}: is damaged`],
  },
  {
    what: 'tombstone of a feedback that is there',
    damage: add(
      () => `erased_feedback:default:${ids.full}`,
      () => disk.values.get(`erased_feedback:default:${ids.erased}`)!,
    ),
    found: () => [`erased_feedback default/${ids.full}: was erased, but its record exists`],
  },
  {
    what: 'cycle of derivation',
    damage: (values) => {
      add(
        () => 'edge:default:DERIVED_FROM:out:base:lora-b',
        () => encodeRecord({}),
      )(values);
      add(() => 'edge:default:DERIVED_FROM:in:lora-b:-:base')(values);
      add(
        () => 'count:default:children=lora-b:-',
        () => Buffer.from('1'),
      )(values);
    },
    found: () => ['edge default/base: is derived from itself: base -> lora-b -> lora:a -> base'],
  },
  {
    what: 'audit event missing',
    damage: (values) => {
      remove(() => `audit:default:${firstKey(`audit_of:default:${ids.plain}:`).split(':').at(-1)!}`)(values);
    },
    found: () => [
      `audit default/${ids.plain}: has a broken chain of audit events: the one at position 1 of 2 is missing`,
      `audit_of default/${ids.plain}: has a pointer to the audit event`,
    ],
    left: () => [`audit default/${ids.plain}: has a broken chain of audit events`],
  },
  {
    what: 'the last audit events cut off',
    damage: (values) => {
      const last = [...values.keys()]
        .filter((key) => key.startsWith(`audit_of:default:${ids.plain}:`))
        .sort()
        .at(-1)!;
      remove(() => last)(values);
      remove(() => `audit:default:${last.split(':').at(-1)!}`)(values);
    },
    found: () => [`audit default/${ids.plain}: has a broken chain of audit events: there are 1, and the record says 2`],
  },
  {
    what: 'audit event altered, with a checksum that is right',
    damage: change(
      () => `audit:default:${firstKey(`audit_of:default:${ids.plain}:`).split(':').at(-1)!}`,
      (value) => edited(value, (event) => ({ ...event, actor: 'somebody else' })),
    ),
    found: () => [`audit default/${ids.plain}: has a broken chain of audit events: the one before position 2`],
  },
  {
    what: 'last audit event of an erased feedback altered',
    damage: (values) => {
      const last = [...values.keys()]
        .filter((key) => key.startsWith(`audit_of:default:${ids.erased}:`))
        .sort()
        .at(-1)!;
      change(
        () => `audit:default:${last.split(':').at(-1)!}`,
        (value) => edited(value, (event) => ({ ...event, actor: 'somebody else' })),
      )(values);
    },
    found: () => [`audit default/${ids.erased}: has a broken chain of audit events: the last of 2 is not what it was`],
  },
  {
    what: 'audit event damaged',
    damage: change(() => `audit:default:${firstKey('audit_of:default:batch-7:').split(':').at(-1)!}`, flipped),
    found: () => [
      'audit default/', // the event
      'audit default/batch-7: has a broken chain of audit events: there are 0, and the record says 1',
    ],
  },
  {
    what: 'change damaged',
    damage: change(() => firstKey('change:default:'), flipped),
    found: () => ['change default/'],
  },
  {
    what: 'change of a commit that never was',
    damage: add(
      () => 'change:default:9000000000000000',
      () => encodeRecord({ node: 'lora-b', action: 'adapter.register' }),
    ),
    found: () => ['change default/9000000000000000: belongs to a commit that never took place'],
  },
  {
    what: 'idempotency record damaged',
    damage: change(() => theKey('idempotency:default:'), flipped),
    found: () => ['idempotency default/'],
  },
  {
    what: 'kind of key that is unknown',
    damage: add(() => 'holiday:default:photo'),
    found: () => ['unknown /holiday:default:photo: is not a key of this store'],
  },
  {
    what: 'scope and edge that are unknown',
    damage: (values) => {
      add(() => 'index:default:colour=red:d:x')(values);
      add(() => 'edge:default:LIKES:out:a:b')(values);
    },
    found: () => [
      'edge default/edge:default:LIKES:out:a:b: is not a key of this store',
      'index default/index:default:colour=red:d:x: is not a key of this store',
    ],
  },
  ...['adapter', 'audit', 'change', 'external_id', 'help_feedback', 'idempotency', 'training_batch'].map((kind) => ({
    what: `key of ${kind} that no ${kind} has`,
    damage: add(() => `${kind}:default:a:b:c`),
    found: () => [`${kind} default/${kind}:default:a:b:c: is not a key of this store`],
  })),
  {
    what: 'key without an organization',
    damage: add(() => 'adapter:alone'),
    found: () => ['adapter /adapter:alone: is not a key of this store'],
  },
  {
    what: 'expiry key that is none',
    damage: add(() => 'expiry:soon:idempotency%3Adefault%3Ax'),
    found: () => ['expiry /expiry:soon:idempotency%3Adefault%3Ax: is not a key of this store'],
  },
  {
    what: 'secret damaged',
    damage: change(() => 'secret:master', flipped),
    found: () => ['secret /master: is damaged'],
  },
];

it('verify reports nothing for a store that is whole', async () => {
  const store = await openDamaged(() => undefined);
  const report = await verifyStore(store);
  expect(lines(report)).toEqual([]);
  expect(report.found).toBe(0);
  const keys = [...disk.values.keys()].filter((key) => !key.startsWith('\u0000')).length;
  expect(Object.values(report.read).reduce((sum, count) => sum + count, 0)).toBe(keys);
});

it('verify reports nothing for an empty store', async () => {
  expect((await verifyStore(await openMemoryStore())).found).toBe(0);
});

describe.each([
  ['finds and repairs what can be derived', DERIVED],
  ['finds what cannot be derived, and leaves it', LOST],
])('verify %s:', (_group, cases) => {
  it.each(cases.map((each) => [each.what, each] as const))(
    '%s',
    async (_what, { damage, found, left = cases === LOST ? found : () => [] }) => {
      const store = await openDamaged(({ values }) => damage(values));
      const before = await verifyStore(store);
      const named = lines(before);
      for (const part of found()) expect(named.join('\n')).toContain(part);
      if (found().every((part) => /: /.test(part))) expect(named).toHaveLength(found().length);
      expect(named.join('\n')).not.toMatch(/secret question|SHARD BY/);

      const repairing = await verifyStore(store, { repair: true });
      expect(repairing.found - repairing.repaired).toBe(left().length);
      const after = lines(await verifyStore(store));
      for (const part of left()) expect(after.join('\n')).toContain(part);
      expect(after).toHaveLength(left().length);
    },
  );
});

const NAMES = ['ann', 'bob:1', 'm%2'] as const;
const aName = fc.constantFrom(...NAMES);
const anOrg = fc.constantFrom('default', 'other:org');
const aSubmission = fc.record(
  {
    type: fc.constantFrom('positive' as const, 'negative' as const),
    question: fc.constantFrom(APPROVED.question, 'why?', 'eh'),
    answer: fc.constant(APPROVED.answer),
    // The last one is who submits.
    userId: fc.constantFrom(...NAMES, 'tester'),
    interactionId: aName,
    modelVersion: aName,
    adapterId: aName,
    externalId: aName,
  },
  { requiredKeys: ['type', 'question', 'answer'] },
);
const anOperation = fc.oneof(
  fc.record({ kind: fc.constant('submit' as const), org: anOrg, submission: aSubmission, key: fc.option(aName) }),
  fc.record({ kind: fc.constant('batch' as const), org: anOrg, submissions: fc.array(aSubmission, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('link' as const), org: anOrg, which: fc.nat(), adapter: aName }),
  fc.record({ kind: fc.constant('unlink' as const), org: anOrg, which: fc.nat(), adapter: aName }),
  fc.record({
    kind: fc.constant('register' as const),
    org: anOrg,
    adapter: aName,
    parents: fc.uniqueArray(aName, { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant('stage' as const), org: anOrg, adapter: aName }),
  fc.record({ kind: fc.constant('use' as const), org: anOrg, which: fc.nat(), batch: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('erase' as const), org: anOrg, which: fc.nat() }),
);

it('verify reports nothing after any operations, and repairs any wreck to what it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anOperation, { maxLength: 25 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      async (all, lost) => {
        const raw = createMemoryDisk();
        const store = await openTransactionalStore(memoryEngine(raw));
        const domain = await domainOf(store);
        // As each server does at its start.
        await countAdapterDays(store);
        const known: string[] = [];
        for (const operation of all) {
          const { org } = operation;
          try {
            if (operation.kind === 'submit') {
              const { submission, key } = operation;
              known.push(await domain.submit(submission, { org, ...(key === null ? {} : { key }) }));
            } else if (operation.kind === 'batch') await domain.submitBatch(operation.submissions, org);
            else if (operation.kind === 'register') await domain.register(operation.adapter, operation.parents, org);
            else if (operation.kind === 'stage') await domain.stage(operation.adapter, org);
            else if (known.length > 0) {
              const id = known[operation.which % known.length]!;
              if (operation.kind === 'link') await domain.link(id, operation.adapter, org);
              else if (operation.kind === 'unlink') await domain.unlink(id, operation.adapter, org);
              else if (operation.kind === 'use') await domain.markUsed([id], operation.batch, org);
              else await domain.erase(id, org);
            }
          } catch (error) {
            // Refused, as another organization's feedback, a second use or a cycle is.
            if (!(error instanceof ApiError)) throw error;
          }
        }
        expect(lines(await verifyStore(store))).toEqual([]);

        const whole = new Map(raw.values);
        const derived = [...whole.keys()].filter((key) =>
          /^(index|count|audit_of|expiry|external_id|vote|adapter_stage_list|evaluation_newest|edge:[^:]*:[A-Z_]*:in):/.test(
            key,
          ),
        );
        const gone = new Set(lost.flatMap((at) => (derived.length === 0 ? [] : [derived[at % derived.length]!])));
        await store.transact((transaction) => {
          for (const key of gone) transaction.delete(key);
          return Promise.resolve();
        });
        const repaired = await verifyStore(store, { repair: true });
        expect(repaired.found > 0).toBe(gone.size > 0);
        expect(repaired.repaired).toBe(repaired.found);
        const visible = (values: ReadonlyMap<Key, Buffer>) =>
          [...values].filter(([key]) => !key.startsWith('\u0000')).sort(([a], [b]) => (a < b ? -1 : 1));
        // The name of an actor is stored in the pointer alone, and lost with it.
        for (const key of gone) if (key.startsWith('audit_of:')) whole.set(key, Buffer.alloc(0));
        expect(visible(raw.values)).toEqual(visible(whole));
        await store.close();
      },
    ),
    { numRuns: 60 },
  );
});

it('verify reports the first disagreements of each kind, and counts the rest', async () => {
  const store = await openDamaged(({ values }) => {
    for (const key of [...values.keys()]) if (key.startsWith('index:default:')) values.delete(key);
  });
  const report = await verifyStore(store, { mostPerKind: 2 });
  const total = [...disk.values.keys()].filter((key) => key.startsWith('index:default:')).length;
  expect(report.totals).toEqual([{ kind: 'index', found: total, repairable: total, repaired: 0 }]);
  expect(report.disagreements).toHaveLength(2);
});

it('verify checks no index of users without the secret that names them in keys', async () => {
  const store = await openDamaged(({ values }) => void values.delete('secret:master'));
  const report = await verifyStore(store, { repair: true });
  expect(lines(report)).toEqual(['secret /master: is missing: the keys of users depend on it']);
  expect(report.notChecked).not.toEqual([]);
  expect(await store.read((reader) => reader.get('secret:master'))).toBeUndefined();
});

describe('feedback-graph verify', () => {
  const CLI = fileURLToPath(new URL('../../dist/bundle/cli.js', import.meta.url));
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'feedback-graph-verify-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function verify(...flags: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'verify', ...flags], {
      cwd: directory,
      env: { PATH: process.env['PATH'] },
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  it('checks and repairs a store on disk', async () => {
    const store = await openStore(`rocksdb:${join(directory, 'data')}`);
    const { full } = await fill(store);
    expect(verify()).toEqual({
      status: 1,
      stdout: '',
      stderr: 'error: The store ./data is in use by another server\n',
    });
    await store.transact((transaction) => {
      transaction.delete(`index:default:all:d:${full}`);
      transaction.put(`index:default:i=\n:d:${full}`, EMPTY);
      return Promise.resolve();
    });
    await store.close();

    const found = verify();
    expect(found.stdout.split('\n')).toEqual([
      `index default/${full}: has no index entry for all feedback (can be repaired)`,
      `index default/${full}: has an entry that it should not have for the interaction \\u{a} in the facet d (can be repaired)`,
      'total index: 2',
      expect.stringMatching(/^\d+ keys read: 2 disagreements, 0 repaired$/),
      '',
    ]);
    expect(found.stderr).toBe(
      'error: The store is inconsistent: 2 disagreements; 2 of them can be repaired with --repair\n',
    );
    expect(found.status).toBe(1);

    const repaired = verify('--repair', '--json', '--store', 'rocksdb:./data');
    expect(JSON.parse(repaired.stdout)).toMatchObject({
      found: 2,
      repaired: 2,
      totals: [{ kind: 'index', found: 2, repairable: 2, repaired: 2 }],
      disagreements: [{ kind: 'index', organization: 'default', node: full, repair: 'done' }, {}],
    });
    expect(repaired).toMatchObject({ status: 0, stderr: '' });

    const clean = verify();
    expect(clean).toMatchObject({ status: 0, stderr: '' });
    expect(clean.stdout).toMatch(/^\d+ keys read; everything agrees\n$/);
  });

  it('says what is wrong with a command line or a directory in one line, and touches nothing', () => {
    expect(verify('--frobnicate')).toMatchObject({ status: 2, stdout: '' });
    expect(verify('--store', 'nonsense')).toMatchObject({ status: 2, stdout: '' });
    expect(verify('--store', 'rocksdb:./nothing')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'error: There is no store at ./nothing\n',
    });
    expect(readdirSync(directory)).toEqual([]);
  });
});
