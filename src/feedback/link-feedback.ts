import { ensureAdapters, findAdapters } from '../adapters/adapters.js';
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { ApiError } from '../errors.js';
import { feedbackFacet } from '../model/feedback.js';
import { adapterIdProblem, checkField } from '../model/input.js';
import { type JsonObject, jsonObjectProblem } from '../model/json-object.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Transaction } from '../store/contract.js';
import { edgeOutKey } from '../store/layout.js';
import { relistAdapterSet } from './index/adapter-sets.js';
import { LINK_INDEX_KINDS, listIndexes, moveBetweenIndexes } from './index/membership.js';
import { decodeLink, type FeedbackLink, linkedAdapters, MAX_LINKS, putLink } from './links.js';
import { expectVersion, getFeedback } from './read.js';
import { updateFeedback } from './update.js';

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
    if (feedback.use === 'claimed') {
      throw new ApiError('CONFLICT', `Training batch ${feedback.trainingBatchId} holds the feedback entry`);
    }
    const stored = await transaction.get(edgeOutKey(org, 'FEEDBACK_FOR', feedbackId, adapterId));
    const before = stored === undefined ? undefined : decodeLink(stored);
    if (before === undefined) {
      const linked = await linkedAdapters(transaction, org, feedbackId);
      if (linked.length >= MAX_LINKS) {
        throw new ApiError('CONFLICT', `A feedback entry can be linked to at most ${MAX_LINKS} adapters`);
      }
      if (createsAdapters) await ensureAdapters(transaction, actor, new Set([adapterId]), at);
      else if ((await findAdapters(transaction, org, [adapterId]))[0] === undefined) {
        throw new ApiError(
          'FORBIDDEN',
          "The adapter does not exist; creating it needs the permission 'adapters:create'",
        );
      }
      const adapters = [...linked, adapterId];
      const left = listIndexes(org, feedback, linked, keyedHash, LINK_INDEX_KINDS);
      const entered = listIndexes(org, feedback, adapters, keyedHash, LINK_INDEX_KINDS);
      moveBetweenIndexes(transaction, org, feedbackFacet(feedback), feedbackId, left, entered);
      await relistAdapterSet(transaction, org, linked, adapters);
    }
    await updateFeedback(transaction, keyedHash, actor, feedback, {
      action: 'feedback.link',
      at,
      reason: adapterId,
      patch: {},
    });
    const properties: FeedbackLink = {
      createdAt: before?.createdAt ?? at,
      createdBy: before?.createdBy ?? actor.sub,
      updatedAt: at,
      ...omitNullish({ adapterVersion: before?.adapterVersion, metadata }),
    };
    putLink(transaction, org, feedbackId, adapterId, properties);
    return { created: before === undefined };
  };
  return store.transact((transaction) => runIdempotent(transaction, idempotency, () => link(transaction)));
}
