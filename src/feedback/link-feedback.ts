import { ensureAdapters, findAdapters } from '../adapters/adapters.js';
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { ApiError } from '../errors.js';
import { feedbackFacet, type Feedback } from '../model/feedback.js';
import { adapterIdProblem, checkField } from '../model/input.js';
import { type JsonObject, jsonObjectProblem } from '../model/json-object.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Reader, Transaction } from '../store/contract.js';
import { edgeOutKey } from '../store/layout.js';
import { type AdapterSetMove, relistAdapterSets } from './index/adapter-sets.js';
import { LINK_INDEX_KINDS, listIndexes, moveBetweenIndexes } from './index/membership.js';
import { decodeLink, type FeedbackLink, linkedAdapters, MAX_LINKS, putLink } from './links.js';
import { expectVersion, getFeedback } from './read.js';
import { ChangeRefusedError, heldRefusal, throwRefusal } from './refusal.js';
import { type FeedbackUpdate, updateFeedback } from './update.js';

/** Of a link's metadata. */
const METADATA_BOUNDS = { bytes: 4_096, depth: 8 };

export interface LinkRequest {
  readonly feedbackId: string;
  readonly adapterId: string;
  readonly metadata?: JsonObject;
  /** The version that the entry must have. */
  readonly expectedVersion?: number;
  /** Whether an adapter that does not exist is created, as by default. */
  readonly createsAdapters?: boolean;
}

export interface LinkResult {
  /** Whether the edge is new; otherwise its metadata was replaced. */
  readonly created: boolean;
}

/**
 * Links an entry to an adapter by a `FEEDBACK_FOR` edge; linking again replaces the edge's metadata. The entry's own
 * `adapterId` stays as it is (docs/api.md, "Link an entry to an adapter").
 * @throws {ApiError} NOT_FOUND for an unknown entry, CONFLICT if it already has {@link MAX_LINKS} links or a training
 *   batch holds it.
 */
export async function linkFeedback(
  { store, keyedHash, now }: DomainServices,
  actor: Actor,
  { feedbackId, adapterId, metadata, expectedVersion, createsAdapters = true }: LinkRequest,
  idempotency?: Idempotency,
): Promise<LinkResult> {
  checkField('adapterId', adapterId, adapterIdProblem);
  checkField('metadata', metadata, (given) => jsonObjectProblem(given, METADATA_BOUNDS));

  const link = async (transaction: Transaction): Promise<LinkResult> => {
    const { org } = actor;
    const at = now();
    const feedback = await getFeedback(transaction, org, feedbackId);
    expectVersion(feedback, expectedVersion);
    const linked = await linkedAdapters(transaction, org, feedbackId);
    throwRefusal(linkRefusal(feedback, linked, adapterId));
    const stored = await transaction.get(edgeOutKey(org, 'FEEDBACK_FOR', feedbackId, adapterId));
    const before = stored === undefined ? undefined : decodeLink(stored);
    if (before === undefined) {
      if (createsAdapters) await ensureAdapters(transaction, actor, new Set([adapterId]), at);
      else await expectAdapter(transaction, org, adapterId);
    }
    const link: FeedbackLink = {
      createdAt: before?.createdAt ?? at,
      createdBy: before?.createdBy ?? actor.sub,
      updatedAt: at,
      ...omitNullish({ adapterVersion: before?.adapterVersion, metadata }),
    };
    const move = await putLinked(transaction, keyedHash, actor, { feedback, linked }, adapterId, link, { at });
    await relistAdapterSets(transaction, org, [move]);
    return { created: before === undefined };
  };
  return store.transact((transaction) => runIdempotent(transaction, idempotency, () => link(transaction)));
}

/** An entry with all adapters that it is linked to. */
export interface LinkedEntry {
  readonly feedback: Feedback;
  readonly linked: readonly string[];
}

/** What refuses to link an entry to an adapter. */
export function linkRefusal(
  feedback: Feedback,
  linked: readonly string[],
  adapterId: string,
): ChangeRefusedError | undefined {
  const held = heldRefusal(feedback);
  if (held !== undefined || linked.includes(adapterId) || linked.length < MAX_LINKS) return held;
  return new ChangeRefusedError('too_many_links', `A feedback entry can be linked to at most ${MAX_LINKS} adapters`);
}

/** @throws {ApiError} FORBIDDEN if the adapter does not exist */
export async function expectAdapter(reader: Reader, org: string, adapterId: string): Promise<void> {
  if ((await findAdapters(reader, org, [adapterId]))[0] !== undefined) return;
  throw new ApiError('FORBIDDEN', "The adapter does not exist; creating it needs the permission 'adapters:create'");
}

/**
 * Links an entry to an adapter that exists, or replaces the link.
 * @returns what {@link relistAdapterSets} is to be told of the move, together with the others of the transaction
 */
export async function putLinked(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  { feedback, linked }: LinkedEntry,
  adapterId: string,
  link: FeedbackLink,
  note: Pick<FeedbackUpdate, 'at' | 'details'>,
): Promise<AdapterSetMove> {
  const { org } = actor;
  const adapters = linked.includes(adapterId) ? linked : [...linked, adapterId];
  if (adapters !== linked) {
    const left = listIndexes(org, feedback, linked, keyedHash, LINK_INDEX_KINDS);
    const entered = listIndexes(org, feedback, adapters, keyedHash, LINK_INDEX_KINDS);
    moveBetweenIndexes(transaction, org, feedbackFacet(feedback), feedback.id, left, entered);
  }
  await updateFeedback(transaction, keyedHash, actor, feedback, {
    ...note,
    action: 'feedback.link',
    reason: adapterId,
    patch: {},
  });
  putLink(transaction, org, feedback.id, adapterId, link);
  return { before: linked, after: adapters };
}
