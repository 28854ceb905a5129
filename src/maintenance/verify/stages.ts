/** The stages of adapters with their histories, what was measured of adapters, and the rules for promotions. */
import { ADAPTER_STAGES, type Adapter } from '../../adapters/adapters.js';
import type { Evaluation } from '../../adapters/evaluations.js';
import type { Key } from '../../store/contract.js';
import { keyPrefix, prefixRange, splitKey } from '../../store/keys.js';
import {
  adapterKey,
  adapterPrefix,
  adapterStageKey,
  evaluationKey,
  newestEvaluationKey,
  promotionRulesKey,
  stageCounter,
  stageListKey,
} from '../../store/layout.js';
import { putEmpty, remove } from '../repair.js';
import { type Check, eachChunk, malformed, reportInconsistency } from './check.js';
import { Lookups } from './cursor.js';
import { isAdapter, isEvaluation, isPromotionRules, isStageChange, readRecord } from './shapes.js';

export async function checkStages(check: Check): Promise<void> {
  await checkListedStages(check);
  await checkStageLists(check);
  await checkStageHistory(check);
}

/** Each adapter with a stage is listed at it. What is wrong with adapters themselves was told when they were read. */
async function checkListedStages(check: Check): Promise<void> {
  const { org, store } = check;
  for await (const entries of store.snapshot(prefixRange(adapterPrefix(org)))) {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const { record } = readRecord(value, isAdapter);
      if (record?.stage === undefined || key !== adapterKey(org, record.id)) continue;
      const { id, stage } = record;
      const listed = stageListKey(org, stage, id);
      lookups.find(listed, (stored) => {
        if (stored !== undefined) return;
        reportInconsistency(check, 'adapter_stage_list', id, `is not listed as ${stage}`, [putEmpty(listed)]);
        if (check.repairs === undefined) check.corrections.add(stageCounter(org, stage), 1);
      });
    }
    await lookups.resolve(store);
  }
  await check.repairs?.flush();
}

async function checkStageLists(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'adapter_stage_list', prefixRange(keyPrefix('adapter_stage_list', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key } of entries) {
      const [, , name = '', id = ''] = splitKey(key);
      const stage = ADAPTER_STAGES.find((each) => each === name);
      if (stage === undefined || key !== stageListKey(org, stage, id)) {
        malformed(check, 'adapter_stage_list', key);
        continue;
      }
      lookups.find(adapterKey(org, id), (stored) => {
        const adapter = stored === undefined ? undefined : readRecord(stored, isAdapter);
        // A damaged adapter cannot say at which stage it is.
        if (adapter !== undefined && (adapter.record === undefined || adapter.record.stage === stage)) return;
        reportInconsistency(check, 'adapter_stage_list', id, `is listed as ${stage}, which it is not`, [remove(key)]);
        if (check.repairs === undefined) check.corrections.add(stageCounter(org, stage), -1);
      });
    }
    await lookups.resolve(store);
  });
}

async function checkStageHistory(check: Check): Promise<void> {
  const { org } = check;
  await eachChunk(check, 'adapter_stage', prefixRange(keyPrefix('adapter_stage', org)), async (entries) => {
    const adapters = await adaptersNamed(
      check,
      entries.map(({ key }) => splitKey(key)[2] ?? ''),
    );
    for (const { key, value } of entries) {
      const [, , adapterId = '', id = ''] = splitKey(key);
      if (key !== adapterStageKey(org, adapterId, id)) {
        malformed(check, 'adapter_stage', key);
        continue;
      }
      const { record, problem } = readRecord(value, isStageChange);
      if (record === undefined) reportInconsistency(check, 'adapter_stage', adapterId, problem);
      else if (record.id !== id) reportInconsistency(check, 'adapter_stage', adapterId, 'has the id of another change');
      else if (!adapters.has(adapterId)) {
        reportInconsistency(check, 'adapter_stage', adapterId, 'has a history of stages, and does not exist');
      }
    }
  });
}

/** Those of the adapters that are there. */
async function adaptersNamed({ nodes }: Check, ids: readonly Adapter['id'][]): Promise<ReadonlySet<string>> {
  const missing = await nodes.missing(ids);
  return new Set(ids.filter((id) => !missing.has(id)));
}

/** Each evaluation is what its key says, of an adapter that is there, and the newest of each metric is found by it. */
export async function checkEvaluations(check: Check): Promise<void> {
  const { org } = check;
  let newest: NewestOfAdapter = { adapterId: '', byKey: new Map() };
  await eachChunk(check, 'evaluation', prefixRange(keyPrefix('evaluation', org)), async (entries) => {
    const adapters = await adaptersNamed(
      check,
      entries.map(({ key }) => splitKey(key)[2] ?? ''),
    );
    for (const { key, value } of entries) {
      const [, , adapterId = '', id = ''] = splitKey(key);
      if (key !== evaluationKey(org, adapterId, id)) {
        malformed(check, 'evaluation', key);
        continue;
      }
      if (adapterId !== newest.adapterId) {
        await checkNewest(check, newest);
        newest = { adapterId, byKey: new Map() };
      }
      const { record, problem } = readRecord(value, isEvaluation);
      if (record === undefined) reportInconsistency(check, 'evaluation', adapterId, problem);
      else if (record.id !== id)
        reportInconsistency(check, 'evaluation', adapterId, 'has the id of another evaluation');
      else if (!adapters.has(adapterId)) {
        reportInconsistency(check, 'evaluation', adapterId, 'has evaluations, and does not exist');
      } else noteNewest(org, newest, record, value);
    }
  });
  await checkNewest(check, newest);
  await check.repairs?.flush();
  await checkNewestEvaluations(check);
}

/** The newest evaluations of an adapter, by the keys that lead to them: what is kept is of one adapter at a time. */
interface NewestOfAdapter {
  readonly adapterId: string;
  readonly byKey: Map<Key, { readonly measuredAt: number; readonly value: Buffer }>;
}

/** Evaluations come in the order in which they were recorded. */
function noteNewest(org: string, { adapterId, byKey }: NewestOfAdapter, evaluation: Evaluation, value: Buffer): void {
  const { name, dataset = '', measuredAt } = evaluation;
  const key = newestEvaluationKey(org, adapterId, name, dataset);
  if ((byKey.get(key)?.measuredAt ?? -Infinity) <= measuredAt) byKey.set(key, { measuredAt, value });
}

async function checkNewest(check: Check, { adapterId, byKey }: NewestOfAdapter): Promise<void> {
  const lookups = new Lookups();
  for (const [key, { value }] of byKey) {
    lookups.find(key, (stored) => {
      if (stored?.equals(value) === true) return;
      reportInconsistency(check, 'evaluation_newest', adapterId, 'does not have its newest evaluation', [
        { key, value },
      ]);
    });
  }
  await lookups.resolve(check.store);
}

/** Each leads to an evaluation that is there. Whether it is the newest was told when those were read. */
async function checkNewestEvaluations(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'evaluation_newest', prefixRange(keyPrefix('evaluation_newest', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const [, , adapterId = '', metric = '', dataset = ''] = splitKey(key);
      if (key !== newestEvaluationKey(org, adapterId, metric, dataset)) {
        malformed(check, 'evaluation_newest', key);
        continue;
      }
      const { record } = readRecord(value, isEvaluation);
      if (record === undefined) continue;
      lookups.find(evaluationKey(org, adapterId, record.id), (stored) => {
        if (stored !== undefined && record.name === metric && (record.dataset ?? '') === dataset) return;
        reportInconsistency(check, 'evaluation_newest', adapterId, 'leads to no evaluation of it', [remove(key)]);
      });
    }
    await lookups.resolve(store);
  });
}

export async function checkPromotionRules(check: Check): Promise<void> {
  const { org } = check;
  await eachChunk(check, 'promotion_rules', prefixRange(keyPrefix('promotion_rules', org)), (entries) => {
    for (const { key, value } of entries) {
      if (key !== promotionRulesKey(org)) {
        malformed(check, 'promotion_rules', key);
        continue;
      }
      const { problem } = readRecord(value, isPromotionRules);
      if (problem !== undefined) reportInconsistency(check, 'promotion_rules', 'organization', problem);
    }
  });
}
