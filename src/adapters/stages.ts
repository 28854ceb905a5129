/** The stages of adapters: which adapters are at one, and the history of each. Times are epoch ms. */
import type { Actor } from '../audit/events.js';
import { newUuid } from '../model/ids.js';
import { omitNullish } from '../omit-nullish.js';
import type { Reader, Transaction } from '../store/contract.js';
import { escapeComponent, lastComponent, prefixEnd, prefixRange } from '../store/keys.js';
import { adapterStageKey, adapterStagePrefix, stageCounter, stageListKey, stageListPrefix } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { type Adapter, type AdapterStage, findAdapters, saveAdapter } from './adapters.js';
import type { RuleResult } from './promotion-rules.js';

/** One entry of the history of an adapter's stage. */
export interface StageChange {
  /** Time-ordered. */
  readonly id: string;
  readonly stage: AdapterStage;
  readonly previousStage?: AdapterStage;
  readonly createdAt: number;
  /** The token's `sub` of who changed it. */
  readonly createdBy: string;
  readonly reason?: string;
  /** Whether it was promoted although it did not meet every rule. */
  readonly forced: boolean;
  /** The version that the adapter was registered with then. */
  readonly adapterVersion?: string;
  /** The revision that the change made. */
  readonly revision: number;
  /** The adapter whose promotion has retired this one. */
  readonly replacedBy?: string;
  /** What the rules said. */
  readonly results: readonly RuleResult[];
  /** The revision of the organization's rules; absent where none were asked. */
  readonly rulesRevision?: number;
}

export type NewStage = Pick<StageChange, 'stage' | 'forced' | 'reason' | 'replacedBy' | 'results' | 'rulesRevision'>;

/** Whether the adapter is at the stage with the version that is registered. Whatever is retired stays so. */
export function isAtStage({ stage: current, stageVersion, version }: Adapter, stage: AdapterStage): boolean {
  return current === stage && (stage === 'retired' || stageVersion === version);
}

/**
 * Puts an adapter at a stage, with an entry of its history and an audit event.
 * @param at the time to write, of which the id of the entry is made
 */
export function changeStage(
  transaction: Transaction,
  actor: Actor,
  before: Adapter,
  { stage, forced, reason, replacedBy, results, rulesRevision }: NewStage,
  at: number,
): StageChange {
  const { org } = actor;
  const { id, stage: previousStage, version } = before;
  const failed = results.filter(({ passed }) => !passed).length;
  const details = { stage, ...omitNullish({ previousStage, replacedBy }), ...(failed > 0 && { failedRules: failed }) };
  const action = forced ? 'adapter.stage_forced' : 'adapter.stage';
  const staged = { id, stage, stageChangedAt: at, ...omitNullish({ stageVersion: version }) };
  const note = { details, ...omitNullish({ reason }) };
  const { revision } = saveAdapter(transaction, actor, before, staged, action, at, note);
  if (previousStage !== stage) {
    if (previousStage !== undefined) {
      transaction.delete(stageListKey(org, previousStage, id));
      transaction.add(stageCounter(org, previousStage), -1);
    }
    transaction.put(stageListKey(org, stage, id), Buffer.alloc(0));
    transaction.add(stageCounter(org, stage), 1);
  }
  const change: StageChange = {
    id: newUuid(org, at),
    stage,
    createdAt: at,
    createdBy: actor.sub,
    forced,
    revision,
    results,
    ...omitNullish({ previousStage, reason, replacedBy, rulesRevision, adapterVersion: version }),
  };
  transaction.put(adapterStageKey(org, id, change.id), encodeRecord(change));
  return change;
}

function decodeStageChange(value: Buffer): StageChange {
  return decodeRecord(value) as StageChange;
}

export async function findStageChange(
  reader: Reader,
  org: string,
  adapterId: string,
  change: string,
): Promise<StageChange | undefined> {
  const stored = await reader.get(adapterStageKey(org, adapterId, change));
  return stored === undefined ? undefined : decodeStageChange(stored);
}

/** One page of the history of an adapter's stage, newest first. @param before the last id of the page before */
export async function stageHistoryPage(
  reader: Reader,
  org: string,
  adapterId: string,
  limit: number,
  before: string | undefined,
): Promise<{ readonly changes: readonly StageChange[]; readonly hasNext: boolean }> {
  const prefix = adapterStagePrefix(org, adapterId);
  const lt = before === undefined ? prefixEnd(prefix) : adapterStageKey(org, adapterId, before);
  const entries = await reader.scan({ gte: prefix, lt, limit: limit + 1, reverse: true });
  return {
    changes: entries.slice(0, limit).map(({ value }) => decodeStageChange(value)),
    hasNext: entries.length > limit,
  };
}

/** How many changes the history of an adapter's stage has. */
export async function countStageChanges(reader: Reader, org: string, adapterId: string): Promise<number> {
  return (await reader.scanKeys({ ...prefixRange(adapterStagePrefix(org, adapterId)), limit: Infinity })).length;
}

/** One page of the adapters at a stage, in the order of their ids. */
export async function adaptersAtStage(
  reader: Reader,
  org: string,
  stage: AdapterStage,
  limit: number,
  after: string | undefined,
): Promise<{ readonly adapters: readonly Adapter[]; readonly hasNext: boolean }> {
  const prefix = stageListPrefix(org, stage);
  const gte = after === undefined ? prefix : `${prefix}${escapeComponent(after)}\0`;
  const keys = await reader.scanKeys({ gte, lt: prefixEnd(prefix), limit: limit + 1 });
  const found = await findAdapters(reader, org, keys.slice(0, limit).map(lastComponent));
  return { adapters: found.filter((adapter) => adapter !== undefined), hasNext: keys.length > limit };
}

export async function countAdaptersAtStage(reader: Reader, org: string, stage: AdapterStage): Promise<number> {
  const [count = 0] = await reader.counters([stageCounter(org, stage)]);
  return count;
}
