/** Everything that is stored under an entry's id, side by side: one walk through five ranges in the order of ids. */
import { isFeedbackId } from '../../model/ids.js';
import type { Entry, Key, KeyRange } from '../../store/contract.js';
import { keyPrefix, lastComponent, prefixRange } from '../../store/keys.js';
import { erasedFeedbackKey, feedbackKey } from '../../store/layout.js';
import { type Check, components, malformed } from './check.js';
import { Cursor } from './cursor.js';
import { edgeRange } from './keyspace.js';
import type { KeyKind } from './report.js';

export interface FeedbackBundle {
  readonly id: string;
  record: Buffer | undefined;
  erased: Buffer | undefined;
  /** The outgoing sides of its `FEEDBACK_FOR` edges. */
  readonly links: { readonly key: Key; readonly adapter: string; readonly value: Buffer }[];
  /** Oldest first. */
  readonly versions: { readonly key: Key; readonly number: number; readonly value: Buffer }[];
  /** What its audit events are named by. */
  readonly pointers: { readonly key: Key; readonly eventId: string }[];
}

interface Part {
  readonly kind: KeyKind;
  readonly range: KeyRange;
  /** What stands before the id. */
  readonly prefix: Key;
  /** Puts an entry where it belongs; answers false if its key is none of this part. */
  readonly put: (bundle: FeedbackBundle, entry: Entry) => boolean;
}

/** The bundles of an organization, and nothing else than one of them in memory. */
export async function* feedbackBundles(check: Check): AsyncGenerator<FeedbackBundle, void> {
  const parts = listParts(check.org).map((part) => ({ ...part, cursor: new Cursor(check.store, part.range), id: '' }));
  try {
    for (const part of parts) await settle(check, part);
    for (;;) {
      let least: string | undefined;
      for (const { cursor, id } of parts) {
        if (cursor.current !== undefined && (least === undefined || id < least)) least = id;
      }
      if (least === undefined) return;
      const bundle: FeedbackBundle = {
        id: least,
        record: undefined,
        erased: undefined,
        links: [],
        versions: [],
        pointers: [],
      };
      for (const part of parts) {
        for (let entry = part.cursor.current; entry !== undefined && part.id === least; entry = part.cursor.current) {
          if (!part.put(bundle, entry)) malformed(check, part.kind, entry.key);
          await settle(check, part);
        }
      }
      yield bundle;
    }
  } finally {
    for (const { cursor } of parts) await cursor.close();
  }
}

/** Goes on to the next entry of a feedback entry. Ids have one length, so they come in the same order in every range. */
async function settle(check: Check, part: Part & { readonly cursor: Cursor; id: string }): Promise<void> {
  for (;;) {
    const loading = part.cursor.advance();
    if (loading !== undefined) await loading;
    const entry = part.cursor.current;
    if (entry === undefined) return;
    check.findings.countRead(part.kind, 1);
    const end = entry.key.indexOf(':', part.prefix.length);
    const id = entry.key.slice(part.prefix.length, end < 0 ? undefined : end);
    if (isFeedbackId(id)) {
      part.id = id;
      return;
    }
    malformed(check, part.kind, entry.key);
  }
}

const VERSION_DIGITS = /^\d{10}$/;

function listParts(org: string): Part[] {
  const part = (kind: KeyKind, prefix: Key, put: Part['put'], range = prefixRange(prefix)): Part => {
    return { kind, prefix, put, range };
  };
  const pointers = keyPrefix('audit_of', org);
  return [
    part('help_feedback', keyPrefix('help_feedback', org), (bundle, { key, value }) => {
      if (key !== feedbackKey(org, bundle.id)) return false;
      bundle.record = value;
      return true;
    }),
    part('erased_feedback', keyPrefix('erased_feedback', org), (bundle, { key, value }) => {
      if (key !== erasedFeedbackKey(org, bundle.id)) return false;
      bundle.erased = value;
      return true;
    }),
    part('edge', edgeRange(org, 'FEEDBACK_FOR', 'out').gte, (bundle, { key, value }) => {
      const adapter = components(key, 6)?.[5];
      if (adapter !== undefined) bundle.links.push({ key, adapter, value });
      return adapter !== undefined;
    }),
    part('help_feedback_version', keyPrefix('help_feedback_version', org), (bundle, { key, value }) => {
      const digits = lastComponent(key);
      if (components(key, 4) === undefined || !VERSION_DIGITS.test(digits)) return false;
      bundle.versions.push({ key, number: Number(digits), value });
      return true;
    }),
    part(
      'audit_of',
      pointers,
      (bundle, { key }) => {
        const eventId = components(key, 4)?.[3];
        if (eventId !== undefined) bundle.pointers.push({ key, eventId });
        return eventId !== undefined;
      },
      feedbackPointers(org),
    ),
  ];
}

/** The pointers to audit events of feedback; `.` is the byte after `-`. */
export function feedbackPointers(org: string): KeyRange {
  const prefix = keyPrefix('audit_of', org);
  return { gte: `${prefix}feedback-`, lt: `${prefix}feedback.` };
}

/** The pointers to audit events of all other nodes. */
export function otherPointers(org: string): KeyRange[] {
  const { gte, lt } = prefixRange(keyPrefix('audit_of', org));
  const feedback = feedbackPointers(org);
  return [
    { gte, lt: feedback.gte },
    { gte: feedback.lt, lt },
  ];
}
