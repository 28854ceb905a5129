import { memoizeByIdentity } from '../memoize-by-identity.js';
import { RECORD_SHAPES } from '../store/record-shapes.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { toFacet, type Use, type ValidationStatus } from './facets.js';
import type { AuditChain } from './node.js';
import type { Submission } from './submission.js';

/** One judgement of one model answer, as stored. Times are epoch ms. */
export interface Feedback extends Submission {
  readonly id: string;
  /** 1-based; every change makes a new version and keeps the old. */
  readonly version: number;
  readonly validationStatus: ValidationStatus;
  /** Why it is not simply approved; empty where it is. */
  readonly validationReasons: readonly string[];
  /** What the plugins said beside that. */
  readonly findings?: readonly Finding[];
  /** By which a submission that says the same finds this one, where a plugin asks for that. */
  readonly fingerprint?: string;
  /**
   * Of a pending entry: how often validating it has failed, and when (epoch ms) it is tried next. With a claim, a server
   * validates it now, and `due` is when others may.
   */
  readonly judging?: { readonly failures: number; readonly due: number; readonly claim?: string };
  /** What a reviewer has decided; plugins do not validate it again unless they are told to. */
  readonly review?: Review;
  /**
   * Taken back by who submitted it: it is rejected until they say otherwise, whatever plugins say, and no statistics count it.
   * `true`: by a server before 0.3.0, whose statistics count it as rejected.
   */
  readonly withdrawn?: true | 'uncounted';
  /**
   * Which reviewer has claimed it until when (epoch ms), and since when; taken and left without a new version. Claims of a
   * server before 0.3.0 do not say since when.
   */
  readonly reviewClaim?: { readonly reviewer: string; readonly since?: number; readonly until: number };
  readonly use: Use;
  /** The batch that holds or used it; 0 while unused. */
  readonly trainingBatchId: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The token's `sub` of who submitted it. */
  readonly submittedBy: string;
  /**
   * A digest of what they last submitted, as it came: whatever plugins and reviewers have changed since, the same again is
   * known by it. Marked once it was revised: then the same again counts, except from an import, which says it every time.
   * Absent where nothing would find the entry again, and of an entry that was revised before 0.3.0.
   */
  readonly said?: string;
  /** When what it says was said, epoch ms; absent where that was when it was made. What was said before does not replace it. */
  readonly saidAt?: number;
  /**
   * A digest of the texts that were judged, where plugins have changed these in the background: the same vote, sent again, has
   * them as they were.
   */
  readonly votedOn?: string;
  readonly audit: AuditChain;
}

export interface Review {
  readonly verdict: 'approve' | 'reject';
  /** The `sub` of the reviewer. */
  readonly reviewer: string;
  /** Epoch ms. */
  readonly at: number;
  readonly reason?: string;
  /** The version that the review has made. */
  readonly version: number;
  /** Whether it counts among those of its day; not where a server before 0.3.0 has stored it. */
  readonly counted: true | undefined;
}

/** What one validation plugin has said. */
export interface Finding {
  readonly plugin: string;
  readonly version?: string;
  readonly verdict: 'accept' | 'flag' | 'reject' | 'modify' | 'failed';
  readonly confidence?: number;
  readonly data?: Readonly<Record<string, unknown>>;
}

export function encodeFeedback(feedback: Feedback): Buffer {
  return encodeRecord(feedback, RECORD_SHAPES.feedback);
}

/** As {@link decodeFeedback}, and once per buffer: the store hands out the same one for what is read often. */
export const decodeFeedbackOnce = memoizeByIdentity(decodeFeedback);

/** The checksum of the record vouches for its shape: only {@link encodeFeedback} writes under these keys. */
export function decodeFeedback(value: Buffer): Feedback {
  return decodeRecord(value) as Feedback;
}

export function feedbackFacet(feedback: Feedback): string {
  return toFacet(feedback);
}

/** What stays of an erased feedback: nothing of what was said, nor by whom. */
export interface ErasedFeedback {
  readonly id: string;
  /** The version that the erasure made. */
  readonly version: number;
  /** Epoch ms. */
  readonly erasedAt: number;
  readonly audit: AuditChain;
}

export function decodeErased(value: Buffer): ErasedFeedback {
  return decodeRecord(value) as ErasedFeedback;
}
