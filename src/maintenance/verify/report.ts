/** What a check of the store has found. */

/** The first words of keys; `unknown` for what starts with none of them. */
export type KeyKind =
  | 'adapter'
  | 'adapter_stage'
  | 'adapter_stage_list'
  | 'audit'
  | 'audit_of'
  | 'bulk_entries'
  | 'bulk_operation'
  | 'bulk_running'
  | 'change'
  | 'count'
  | 'edge'
  | 'erased_feedback'
  | 'evaluation'
  | 'evaluation_newest'
  | 'expiry'
  | 'external_id'
  | 'feedback_rules'
  | 'help_feedback'
  | 'help_feedback_version'
  | 'idempotency'
  | 'index'
  | 'index_build'
  | 'lease'
  | 'promotion_rules'
  | 'purge'
  | 'removed_link'
  | 'retention'
  | 'review_skips'
  | 'revocation'
  | 'revocations'
  | 'saved_view'
  | 'saved_view_list'
  | 'search_documents'
  | 'search_index'
  | 'search_words'
  | 'secret'
  | 'trail'
  | 'training_batch'
  | 'training_number'
  | 'vote'
  | 'webhook'
  | 'webhook_delivery'
  | 'webhook_queue'
  | 'webhook_ready'
  | 'webhook_state'
  | 'unknown';

/** One disagreement. Names ids and keys, never a text that a user wrote. */
export interface Disagreement {
  readonly kind: KeyKind;
  /** Absent for what belongs to the whole store. */
  readonly organization?: string;
  /** The node that it is about, or what stands in its place in the key. */
  readonly node: string;
  /** The rest of the sentence that starts with the node. */
  readonly problem: string;
  /** Whether it can be rebuilt from what is there, and whether it was. */
  readonly repair: 'impossible' | 'possible' | 'done';
}

export interface KindTotal {
  readonly kind: KeyKind;
  readonly found: number;
  readonly repairable: number;
  readonly repaired: number;
}

export interface VerifyReport {
  /** The first of each kind; the totals count them all. */
  readonly disagreements: readonly Disagreement[];
  /** Of the kinds that have any, by name. */
  readonly totals: readonly KindTotal[];
  /** How many keys of each kind were read. */
  readonly read: Readonly<Partial<Record<KeyKind, number>>>;
  /** What could not be checked before other damage is repaired. */
  readonly notChecked: readonly string[];
  readonly found: number;
  readonly repaired: number;
}

/** Collects disagreements: a bounded number of each kind in full, all of them in the totals. */
export class Findings {
  readonly #mostPerKind: number;
  readonly #kept = new Map<KeyKind, Disagreement[]>();
  readonly #totals = new Map<KeyKind, { found: number; repairable: number; repaired: number }>();
  readonly #read = new Map<KeyKind, number>();
  readonly #notChecked = new Set<string>();

  constructor(mostPerKind: number) {
    this.#mostPerKind = mostPerKind;
  }

  add(disagreement: Disagreement): void {
    const { kind, repair } = disagreement;
    const kept = this.#kept.get(kind) ?? [];
    if (kept.length < this.#mostPerKind) kept.push(disagreement);
    this.#kept.set(kind, kept);
    const total = this.#totals.get(kind) ?? { found: 0, repairable: 0, repaired: 0 };
    total.found += 1;
    if (repair !== 'impossible') total.repairable += 1;
    if (repair === 'done') total.repaired += 1;
    this.#totals.set(kind, total);
  }

  countRead(kind: KeyKind, keys: number): void {
    this.#read.set(kind, (this.#read.get(kind) ?? 0) + keys);
  }

  skip(what: string): void {
    this.#notChecked.add(what);
  }

  report(): VerifyReport {
    const totals = [...this.#totals].map(([kind, total]) => ({ kind, ...total })).sort(byKind);
    const sum = (field: 'found' | 'repaired'): number => totals.reduce((all, total) => all + total[field], 0);
    return {
      disagreements: totals.flatMap(({ kind }) => this.#kept.get(kind) ?? []),
      totals,
      read: Object.fromEntries(this.#read),
      notChecked: [...this.#notChecked],
      found: sum('found'),
      repaired: sum('repaired'),
    };
  }
}

function byKind(a: { readonly kind: KeyKind }, b: { readonly kind: KeyKind }): number {
  return a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0;
}
