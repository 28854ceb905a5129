/** Which index entries and incoming edges a feedback has by its record and its links. */
import {
  isIndexed,
  ownScopes,
  type Scope,
  scopeCounterKey,
  scopePrefix,
  scopesOfLinks,
} from '../../feedback/index/scopes.js';
import type { Feedback } from '../../model/feedback.js';
import { feedbackFacet } from '../../model/feedback.js';
import type { Key } from '../../store/contract.js';
import { joinKey } from '../../store/keys.js';
import type { Check } from './check.js';
import type { KeyKind } from './report.js';

export interface ExpectedEntry {
  readonly key: Key;
  /** What counts it. */
  readonly counter: Key;
  readonly scope: Scope;
}

/** Of users' scopes only those that can be told: see {@link StoreCheck.keyedHash}. */
export function expectedEntries(check: Check, feedback: Feedback, adapters: readonly string[]): ExpectedEntry[] {
  const { org } = check;
  const name = feedbackFacet(feedback);
  return [...ownScopesOf(check, feedback), ...scopesOfLinks(feedback, adapters)].filter(isIndexed).map((scope) => ({
    key: scopePrefix(org, scope, name) + joinKey(feedback.id),
    counter: scopeCounterKey(org, scope, name),
    scope,
  }));
}

function ownScopesOf({ org, keyedHash }: Check, feedback: Feedback): Scope[] {
  if (keyedHash !== undefined) return ownScopes(org, feedback, keyedHash);
  return ownScopes(org, feedback, () => '').filter(({ kind }) => kind !== 'user');
}

/** The incoming edges are the index of an adapter. */
export function entryKind({ kind }: Scope): KeyKind {
  return kind === 'adapter' ? 'edge' : 'index';
}

/** A scope in words; users are named by their hash alone. */
export function describeScope(scope: Scope): string {
  switch (scope.kind) {
    case 'all':
      return 'all feedback';
    case 'model':
      return `the model version ${scope.model}`;
    case 'adapter':
      return `the adapter ${scope.adapter}`;
    case 'modelAdapter':
      return `the model version ${scope.model} and the adapter ${scope.adapter}`;
    case 'adapterVersion':
      return `the version ${scope.version} of the adapter ${scope.adapter}`;
    case 'adapterSet':
      return 'the set of adapters that it is linked to';
    case 'fingerprint':
      return 'what says the same';
    case 'user':
      return `the user with the hash ${scope.userHash}`;
    case 'interaction':
      return `the interaction ${scope.interaction}`;
    case 'day':
      return `the day ${scope.day}`;
    case 'due':
      return 'what is to be judged';
    case 'review':
      return 'what waits for a review';
    case 'reviewLease':
      return 'what reviewers have claimed';
  }
}
