import { type Actor, type ChangeOfNode, recordChange } from '../audit/events.js';
import { EMPTY_CHAIN } from '../model/node.js';
import type { AuditChain } from '../model/node.js';
import type { Key, Reader, Transaction } from '../store/contract.js';
import { escapeComponent, lastComponent, prefixEnd, prefixRange } from '../store/keys.js';
import { adapterKey, adapterPrefix, counterKey, NO_FACET } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';

/** The properties of an adapter that its registration sets; input.ts checks them. */
export interface AdapterProperties {
  readonly version?: string;
  readonly baseModel?: string;
  /** The method of fine-tuning, in PEFT's names: `LORA`, `ADALORA`, … */
  readonly peftType?: string;
  /** Rank of the update matrices (PEFT's `r`). */
  readonly rank?: number;
  /** The updates are scaled by this over the rank. */
  readonly loraAlpha?: number;
  /** Names of the adapted modules; one pattern where the training named them by a pattern. */
  readonly targetModules?: readonly string[];
  /** What it was trained on, by the names of the datasets. */
  readonly datasets?: readonly string[];
}

/** How far an adapter has come. One without any was never promoted. */
export const ADAPTER_STAGES = ['candidate', 'production', 'retired'] as const;
export type AdapterStage = (typeof ADAPTER_STAGES)[number];

/** The stage of an adapter, and since when it has it. */
export interface StagedProperties {
  readonly stage?: AdapterStage;
  readonly stageChangedAt?: number;
  /** The version that it was put at the stage with: another one that is registered later was never checked for it. */
  readonly stageVersion?: string;
}

/** A LoRA adapter, or the base model at the root of a lineage. Times are epoch ms. */
export interface Adapter extends AdapterProperties, StagedProperties {
  readonly id: string;
  /** 1-based number of the node's own revision; every registration and every change of the stage makes a new one. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly audit: AuditChain;
}

export function decodeAdapter(value: Buffer): Adapter {
  return decodeRecord(value) as Adapter;
}

/** In the order of `ids`; `undefined` for one that is not there. One read of the store. */
export async function findAdapters(
  reader: Reader,
  org: string,
  ids: readonly string[],
): Promise<(Adapter | undefined)[]> {
  const values = await reader.getMany(ids.map((id) => adapterKey(org, id)));
  return values.map((value) => (value === undefined ? undefined : decodeAdapter(value)));
}

export async function findAdapter(reader: Reader, org: string, id: string): Promise<Adapter | undefined> {
  const value = await reader.get(adapterKey(org, id));
  return value === undefined ? undefined : decodeAdapter(value);
}

/** How many adapters an organization has. */
export function adapterCounter(org: string): string {
  return counterKey(org, 'adapters', NO_FACET);
}

/** Creates the adapters that are named before they are registered (docs/api.md, "Submit feedback"). */
export async function ensureAdapters(
  transaction: Transaction,
  actor: Actor,
  ids: ReadonlySet<string>,
  at: number,
): Promise<void> {
  const named = [...ids];
  const stored = await transaction.getMany(named.map((id) => adapterKey(actor.org, id)));
  named.forEach((id, index) => {
    if (stored[index] === undefined) saveAdapter(transaction, actor, undefined, { id }, 'adapter.create', at);
  });
}

type RevisingAction = 'adapter.create' | 'adapter.register' | 'adapter.stage' | 'adapter.stage_forced';

/** Writes the next revision of an adapter's node with its audit event. */
export function saveAdapter(
  transaction: Transaction,
  actor: Actor,
  before: Adapter | undefined,
  properties: AdapterProperties & StagedProperties & { readonly id: string },
  action: RevisingAction,
  at: number,
  note: Pick<ChangeOfNode, 'reason' | 'details'> = {},
): Adapter {
  const revision = (before?.revision ?? 0) + 1;
  const audit = recordChange(transaction, actor, before?.audit ?? EMPTY_CHAIN, {
    at,
    action,
    node: properties.id,
    versionBefore: before?.revision ?? 0,
    versionAfter: revision,
    ...note,
  });
  const adapter: Adapter = {
    ...before,
    ...properties,
    revision,
    createdAt: before?.createdAt ?? at,
    // Since when it has its stage is told on its own.
    updatedAt: properties.stageChangedAt === undefined ? at : (before?.updatedAt ?? at),
    audit,
  };
  transaction.put(adapterKey(actor.org, adapter.id), encodeRecord(adapter));
  if (before === undefined) transaction.add(adapterCounter(actor.org), 1);
  return adapter;
}

/** Writes an audit event of an adapter that leaves its revision as it is. */
export function noteOnAdapter(
  transaction: Transaction,
  actor: Actor,
  adapter: Adapter,
  note: Pick<ChangeOfNode, 'at' | 'action' | 'details'>,
): void {
  const { id, revision } = adapter;
  const versions = { versionBefore: revision, versionAfter: revision };
  const audit = recordChange(transaction, actor, adapter.audit, { ...note, node: id, ...versions });
  transaction.put(adapterKey(actor.org, id), encodeRecord({ ...adapter, audit }));
}

/** One page of all adapters in the order of their ids. */
export async function adapterPage(
  reader: Reader,
  org: string,
  limit: number,
  after: string | undefined,
): Promise<{ readonly adapters: readonly Adapter[]; readonly hasNext: boolean }> {
  const prefix = adapterPrefix(org);
  const entries = await reader.scan({
    gte: after === undefined ? prefix : `${adapterKey(org, after)}\0`,
    lt: prefixEnd(prefix),
    limit: limit + 1,
  });
  return {
    adapters: entries.slice(0, limit).map((entry) => decodeAdapter(entry.value)),
    hasNext: entries.length > limit,
  };
}

/** The ids of the first adapters, in the order of ids. */
export async function scanAdapterIds(reader: Reader, org: string, limit: number): Promise<string[]> {
  return (await reader.scanKeys({ ...prefixRange(adapterPrefix(org)), limit })).map(lastComponent);
}

/** Adapters at the far ends of one node's edges of one type, in the order of their ids. */
export interface NeighbourList {
  /** What the keys of the edges start with; with the organization in it, it tells the list from all others. */
  readonly prefix: Key;
  readonly count: (reader: Reader) => Promise<number>;
}

/** How many adapters an organization has. */
export async function countAdapters(reader: Reader, org: string): Promise<number> {
  const [count = 0] = await reader.counters([adapterCounter(org)]);
  return count;
}

/** One page of the ids of a {@link NeighbourList}. */
export async function neighbourPage(
  reader: Reader,
  prefix: Key,
  limit: number,
  after: string | undefined,
): Promise<{ readonly ids: readonly string[]; readonly hasNext: boolean }> {
  const keys = await reader.scanKeys({
    gte: after === undefined ? prefix : `${prefix}${escapeComponent(after)}\0`,
    lt: prefixEnd(prefix),
    limit: limit + 1,
  });
  return { ids: keys.slice(0, limit).map(lastComponent), hasNext: keys.length > limit };
}
