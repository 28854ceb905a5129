import { v7 as uuidv7 } from 'uuid';
import { registerAdapter } from '../adapters/register.js';
import type { Actor } from '../audit/events.js';
import { linkFeedback } from '../feedback/link-feedback.js';
import { submitBatch } from '../feedback/submit.js';
import type { Services } from '../graphql/context.js';
import type { Submission } from '../model/submission.js';
import { INDEX_BUILD_PREFIX } from '../store/layout.js';
import { markUsedForTraining } from '../training/mark-used.js';
import { COMMENTS, FAMILY, MODELS, TOPICS } from './content.js';

/** A store that holds something already is never filled with a demo. */
export class StoreNotEmptyError extends Error {
  override readonly name = 'StoreNotEmptyError';
}

const ENTRIES = 480;
/** The first entry is this old, ms; the others follow evenly. */
const SPAN = 28 * 24 * 60 * 60 * 1000;
const ACTOR: Actor = { sub: 'demo', org: 'default', requestId: 'demo' };

/** What every server writes into a store that it opens for the first time. */
const OWN_KINDS = ['secret:', INDEX_BUILD_PREFIX];

/**
 * Fills an empty store with a help desk's feedback of four weeks, through the same functions as requests.
 * @throws {StoreNotEmptyError} with nothing changed.
 */
export async function fillDemo(services: Services): Promise<void> {
  const { store, now } = services;
  const keys = await store.read((reader) => reader.scanKeys({ gte: 'a', lt: '~', limit: 10 }));
  if (keys.some((key) => !OWN_KINDS.some((kind) => key.startsWith(kind)))) {
    throw new StoreNotEmptyError('--demo fills an empty store only, and this one holds data');
  }
  const start = now() - SPAN;
  for (const adapter of FAMILY) await registerAdapter(services, ACTOR, { ...adapter, baseModel: 'llama-2-7b' });

  const outcomes = await submitBatch(
    {
      ...services,
      newId: (submission) => {
        const createdAt = start + Math.round((SPAN * entryNumber(submission)) / ENTRIES);
        return { id: `feedback-${uuidv7({ msecs: createdAt })}`, createdAt };
      },
    },
    ACTOR,
    Array.from({ length: ENTRIES }, (_, number) => makeSubmission(number)),
  );
  const entries = outcomes.map((outcome) => {
    if ('error' in outcome) throw outcome.error;
    return outcome.feedback;
  });
  // Every sixth answer was given by two adapters side by side.
  for (const { id, adapterId } of entries.filter((_, number) => number % 6 === 0)) {
    const place = FAMILY.findIndex((adapter) => adapter.id === adapterId);
    const other = FAMILY[(place + 1) % FAMILY.length];
    if (other === undefined) continue;
    const metadata = { confidence: 0.95, session_id: `demo-${id.slice(-6)}` };
    await linkFeedback(services, ACTOR, { feedbackId: id, adapterId: other.id, metadata });
  }
  const approved = entries.filter((entry) => entry.validationStatus === 'approved').map((entry) => entry.id);
  await markUsedForTraining(services, ACTOR, { feedbackIds: approved.slice(0, 120), trainingBatchId: 1 });
  await markUsedForTraining(services, ACTOR, { feedbackIds: approved.slice(120, 200), trainingBatchId: 2 });
}

function entryNumber({ externalId = '' }: Pick<Submission, 'externalId'>): number {
  return Number(externalId.slice('demo-'.length));
}

/** Entry `number` of the demo, always the same: newer adapters get more thumbs up. */
function makeSubmission(number: number): Submission {
  const pick = <Item>(items: readonly Item[], step: number): Item => {
    const item = items[Math.floor(number / step) % items.length];
    if (item === undefined) throw new Error('A list of the demo is empty');
    return item;
  };
  const topic = pick(TOPICS, 1);
  const adapter =
    FAMILY[Math.min(FAMILY.length - 1, Math.floor((number * FAMILY.length) / ENTRIES))] ?? pick(FAMILY, 1);
  const generation = FAMILY.indexOf(adapter);
  const negative = (number * 7) % 20 < 9 - generation;
  const common = {
    question: topic.question,
    userId: `user-${(number * 13) % 37}`,
    interactionId: `chat-${number}`,
    modelVersion: pick(MODELS, 3),
    adapterId: adapter.id,
    adapterVersion: adapter.version,
    externalId: `demo-${number}`,
  };
  if (number % 29 === 0)
    return { ...common, type: 'positive', answer: topic.good, comment: 'Click here for free money' };
  if (number % 31 === 0) return { ...common, type: 'positive', answer: 'Yes.' };
  if (!negative) {
    return {
      ...common,
      type: 'positive',
      answer: topic.good,
      ...(number % 4 === 0 ? { comment: pick(COMMENTS, 4) } : {}),
    };
  }
  // Some say only that it was wrong, and wait for a reviewer.
  return {
    ...common,
    type: 'negative',
    answer: topic.bad,
    ...(number % 5 === 0 ? {} : { correction: topic.correction }),
  };
}
