/**
 * A scope is a set of feedback that has an index and counters of its own, by facet. The incoming `FEEDBACK_FOR` edges
 * are the index of an adapter's scope.
 */
import { hash } from 'node:crypto';
import type { KeyedHash } from '../../audit/keyed-hash.js';
import type { Feedback } from '../../model/feedback.js';
import { feedbackIdTime } from '../../model/ids.js';
import type { Key, KeyRange, Transaction } from '../../store/contract.js';
import { escapeComponent, keyPrefix, padNumber } from '../../store/keys.js';
import { counterKey, edgeInPrefix, indexPrefix, scopeComponents } from '../../store/layout.js';

export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'adapter'; readonly adapter: string }
  | { readonly kind: 'modelAdapter'; readonly model: string; readonly adapter: string }
  /** What submissions named an adapter's version for. */
  | { readonly kind: 'adapterVersion'; readonly adapter: string; readonly version: string }
  /** What is linked to exactly the adapters of a set; see adapter-sets.ts. */
  | { readonly kind: 'adapterSet'; readonly set: string }
  /** What a validation plugin takes for the same; a keyed hash. */
  | { readonly kind: 'fingerprint'; readonly fingerprint: string }
  | { readonly kind: 'user'; readonly userHash: string }
  | { readonly kind: 'interaction'; readonly interaction: string }
  /** What was submitted on a day (UTC, `YYYYMMDD`): counters alone, as the id says the day. */
  | { readonly kind: 'day'; readonly day: string }
  /** Pending, to be judged from a moment on, epoch ms. */
  | { readonly kind: 'due'; readonly due: number }
  /** Flagged, and claimed by no reviewer. */
  | { readonly kind: 'review' }
  /** Flagged, and claimed by a reviewer until a moment, epoch ms. */
  | { readonly kind: 'reviewLease'; readonly until: number };

/** Digits of a moment (epoch ms) in keys, whose order is then the order of time. */
const TIME_DIGITS = 15;

function scopeName(scope: Scope): string {
  switch (scope.kind) {
    case 'all':
      return scopeComponents('all');
    case 'model':
      return scopeComponents('m', scope.model);
    case 'adapter':
      return scopeComponents('a', scope.adapter);
    case 'modelAdapter':
      return scopeComponents('ma', scope.model, scope.adapter);
    case 'adapterVersion':
      return scopeComponents('av', scope.adapter, scope.version);
    case 'adapterSet':
      return scopeComponents('s', scope.set);
    case 'fingerprint':
      return scopeComponents('f', scope.fingerprint);
    case 'user':
      return scopeComponents('u', scope.userHash);
    case 'interaction':
      return scopeComponents('i', scope.interaction);
    case 'day':
      return scopeComponents('d', scope.day);
    case 'due':
      return scopeComponents('du', padNumber(scope.due, TIME_DIGITS));
    case 'review':
      return scopeComponents('rv');
    case 'reviewLease':
      return scopeComponents('rl', padNumber(scope.until, TIME_DIGITS));
  }
}

/** What the keys of a scope's feedback of one facet start with; the feedback id follows. */
export function scopePrefix(org: string, scope: Scope, feedbackFacet: string): Key {
  return namedPrefix(org, scope, scopeName(scope), feedbackFacet);
}

function namedPrefix(org: string, scope: Scope, name: string, feedbackFacet: string): Key {
  return scope.kind === 'adapter'
    ? edgeInPrefix(org, 'FEEDBACK_FOR', scope.adapter, feedbackFacet)
    : indexPrefix(org, name, feedbackFacet);
}

export function scopeCounterKey(org: string, scope: Scope, feedbackFacet: string): Key {
  return counterKey(org, scopeName(scope), feedbackFacet);
}

/** The index keys of a kind of timed scope up to a moment (epoch ms), that one included, in the order of time. */
export function timedRange(org: string, kind: 'due' | 'reviewLease', until: number): KeyRange {
  const prefix = `${keyPrefix('index', org)}${kind === 'due' ? 'du' : 'rl'}=`;
  return { gte: prefix, lt: prefix + padNumber(until + 1, TIME_DIGITS) };
}

/** The day (UTC) of a moment (epoch ms), as {@link Scope} names it. */
export function dayOf(time: number): string {
  const date = new Date(time);
  return `${padNumber(date.getUTCFullYear(), 4)}${padNumber(date.getUTCMonth() + 1, 2)}${padNumber(date.getUTCDate(), 2)}`;
}

/** The scopes that a feedback belongs to by its own fields, whatever it is linked to. */
export function ownScopes(org: string, feedback: Feedback, keyedHash: KeyedHash): Scope[] {
  const scopes: Scope[] = [{ kind: 'all' }, { kind: 'day', day: dayOf(feedbackIdTime(feedback.id)) }];
  if (feedback.validationStatus === 'pending') scopes.push({ kind: 'due', due: feedback.judging?.due ?? 0 });
  if (feedback.validationStatus === 'flagged') {
    const { reviewClaim } = feedback;
    scopes.push(reviewClaim === undefined ? { kind: 'review' } : { kind: 'reviewLease', until: reviewClaim.until });
  }
  if (feedback.modelVersion !== undefined) scopes.push({ kind: 'model', model: feedback.modelVersion });
  if (feedback.adapterId !== undefined && feedback.adapterVersion !== undefined) {
    scopes.push({ kind: 'adapterVersion', adapter: feedback.adapterId, version: feedback.adapterVersion });
  }
  if (feedback.userId !== undefined) scopes.push({ kind: 'user', userHash: keyedHash(org, feedback.userId) });
  if (feedback.interactionId !== undefined) {
    scopes.push({ kind: 'interaction', interaction: feedback.interactionId });
  }
  if (feedback.fingerprint !== undefined) scopes.push({ kind: 'fingerprint', fingerprint: feedback.fingerprint });
  return scopes;
}

/** Whether two versions of one feedback surely have the same {@link ownScopes}; no answer to the contrary. */
export function hasSameScopes(one: Feedback, other: Feedback): boolean {
  return (
    one.validationStatus === other.validationStatus &&
    one.judging === other.judging &&
    one.reviewClaim === other.reviewClaim &&
    one.modelVersion === other.modelVersion &&
    one.adapterId === other.adapterId &&
    one.adapterVersion === other.adapterVersion &&
    one.userId === other.userId &&
    one.interactionId === other.interactionId &&
    one.fingerprint === other.fingerprint
  );
}

/** The scopes that a feedback belongs to because it is linked to an adapter. */
export function linkScopes(feedback: Feedback, adapter: string): Scope[] {
  return feedback.modelVersion === undefined
    ? [{ kind: 'adapter', adapter }]
    : [
        { kind: 'adapter', adapter },
        { kind: 'modelAdapter', model: feedback.modelVersion, adapter },
      ];
}

/** As {@link linkScopes}, of all adapters that a feedback is linked to, and the set of them. */
export function scopesOfLinks(feedback: Feedback, adapters: readonly string[]): Scope[] {
  const set = adapterSetName(adapters);
  return [
    ...adapters.flatMap((adapter) => linkScopes(feedback, adapter)),
    ...(set === undefined ? [] : [{ kind: 'adapterSet', set } as const]),
  ];
}

/** Names a set of adapters in keys: 128 bits of a SHA-256, in hexadecimal. `undefined` for fewer than two. */
export function adapterSetName(adapters: readonly string[]): string | undefined {
  return adapters.length < 2 ? undefined : hash('sha256', JSON.stringify([...adapters].sort())).slice(0, 32);
}

/** What the keys of a set's feedback start with, whatever their facet. */
export function adapterSetPrefix(org: string, set: string): Key {
  return keyPrefix('index', org) + scopeName({ kind: 'adapterSet', set }) + ':';
}

/** Whether a scope has an index beside its counters. */
export function isIndexed({ kind }: Scope): boolean {
  return kind !== 'day';
}

const EMPTY = Buffer.alloc(0);

export function enterScope(
  transaction: Transaction,
  org: string,
  scope: Scope,
  feedbackFacet: string,
  feedbackId: string,
): void {
  const name = scopeName(scope);
  if (isIndexed(scope)) {
    transaction.put(namedPrefix(org, scope, name, feedbackFacet) + escapeComponent(feedbackId), EMPTY);
  }
  transaction.add(counterKey(org, name, feedbackFacet), 1);
}

export function leaveScope(
  transaction: Transaction,
  org: string,
  scope: Scope,
  feedbackFacet: string,
  feedbackId: string,
): void {
  if (isIndexed(scope)) transaction.delete(scopePrefix(org, scope, feedbackFacet) + escapeComponent(feedbackId));
  transaction.add(scopeCounterKey(org, scope, feedbackFacet), -1);
}
