/** What a model hub wants to know of an adapter (Hugging Face: "Model Cards", its metadata in YAML). */
import type { Evaluation } from '../../adapters/evaluations.js';
import { decodeDerivation, findParents } from '../../adapters/lineage.js';
import { ApiError } from '../../errors.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Reader } from '../../store/contract.js';
import { edgeOutKey } from '../../store/layout.js';
import type { AllocatedBatch } from '../batch.js';
import { lineageFacts } from './lineage-facts.js';
import { escapeMarkdown, formatCount, formatDate } from './markdown.js';
import { trainingContentSummary } from './training-content.js';
import { toYaml } from './yaml.js';

export interface ModelCard {
  /** The metadata, without the lines of dashes around it. */
  readonly yaml: string;
  readonly markdown: string;
}

/** How many batches the table shows, the latest; the card says how many there are. */
const SHOWN_BATCHES = 100;

/** @throws {ApiError} NOT_FOUND */
export async function modelCard(reader: Reader, org: string, adapterId: string): Promise<ModelCard> {
  const facts = await lineageFacts(reader, org, adapterId);
  if (facts === undefined) throw new ApiError('NOT_FOUND', 'Adapter not found');
  const { adapter, evaluations } = facts;
  const own = new Set(facts.batchesOf.get(adapterId));
  const batches = facts.batches.filter(({ number }) => own.has(number));
  const parents = await findParents(reader, org, adapterId);
  const derivations = await reader.getMany(parents.map((parent) => edgeOutKey(org, 'DERIVED_FROM', adapterId, parent)));
  const relations = derivations.map((value) => (value === undefined ? undefined : decodeDerivation(value).relation));
  const relation = relations.find((each) => each !== undefined) ?? (parents.length > 1 ? 'merge' : 'adapter');
  const [first, ...others] = parents;
  const datasets = [...(adapter.datasets ?? []), ...batches.map(datasetOf)];
  const results = evaluations.flatMap(toModelIndex);
  return {
    yaml: toYaml({
      ...omitNullish({ base_model: others.length > 0 ? parents : (first ?? adapter.baseModel) }),
      ...(parents.length > 0 || adapter.baseModel !== undefined ? { base_model_relation: relation } : {}),
      ...(datasets.length > 0 && { datasets }),
      tags: ['human-feedback', ...(adapter.peftType === undefined ? [] : [adapter.peftType.toLowerCase()])],
      ...(results.length > 0 && { 'model-index': [{ name: adapter.id, results }] }),
    }),
    markdown: [markdownOf(batches), ...evaluationTable(evaluations), trainingContentSummary(facts)].join('\n'),
  };
}

/** A result as the metadata of a card has it, which names a dataset in any case. */
function toModelIndex({ name, value, dataset }: Evaluation): object[] {
  if (dataset === undefined) return [];
  return [
    {
      task: { type: 'text-generation' },
      dataset: { name: dataset, type: dataset },
      metrics: [{ type: name, name, value }],
    },
  ];
}

function evaluationTable(evaluations: readonly Evaluation[]): string[] {
  if (evaluations.length === 0) return [];
  const rows = evaluations.map(
    ({ name, value, dataset = '', measuredAt }) =>
      `| ${escapeMarkdown(name)} | ${escapeMarkdown(dataset)} | ${value} | ${formatDate(measuredAt)} |`,
  );
  return [
    [
      '## Evaluation',
      '',
      '| metric | dataset | value | measured |',
      '| ------ | ------- | ----: | -------- |',
      ...rows,
      '',
    ].join('\n'),
  ];
}

/** A name that says which entries it were, without saying anything of them. */
function datasetOf({ number, digest }: AllocatedBatch): string {
  return digest === undefined ? `feedback-batch-${number}` : `feedback-batch-${number}-${digest.slice(0, 16)}`;
}

function markdownOf(batches: readonly AllocatedBatch[]): string {
  if (batches.length === 0) return '## Training data\n\nNo training batch is recorded for this model.\n';
  const sum = (of: (batch: AllocatedBatch) => number): string =>
    formatCount(batches.reduce((total, batch) => total + of(batch), 0));
  const rows = batches.slice(-SHOWN_BATCHES).map(({ number, digest = '', claimed, training }) => {
    const date = training === undefined ? '' : formatDate(training.committedAt);
    const metrics = Object.entries(training?.metrics ?? {}).map(([name, value]) => `${escapeMarkdown(name)} ${value}`);
    const { total, positive, corrected, negative, preferences = 0, holdout } = claimed;
    const ofTypes = [positive, corrected, negative - corrected, preferences];
    const counts = [total, ...ofTypes, holdout].map((each) => formatCount(each));
    return `| ${[number, `\`${digest.slice(0, 16)}\``, ...counts, date, metrics.join(', ')].join(' | ')} |`;
  });
  const batchesText = batches.length === 1 ? 'one batch' : `${formatCount(batches.length)} batches`;
  return [
    '## Training data',
    '',
    `Human feedback on model answers, in ${batchesText}: ${sum(({ claimed }) => claimed.total)} entries ` +
      `(${sum(({ claimed }) => claimed.positive)} positive, ${sum(({ claimed }) => claimed.corrected)} corrected, ` +
      `${sum(({ claimed }) => claimed.negative - claimed.corrected)} negative only, ` +
      `${sum(({ claimed }) => claimed.preferences ?? 0)} preferences), ` +
      `of which ${sum(({ claimed }) => claimed.holdout)} were held out of training.`,
    '',
    '| batch | hash | entries | positive | corrected | negative only | preferences | held out | trained | metrics |',
    '| ----: | ---- | ------: | -------: | --------: | ------------: | ----------: | -------: | ------- | ------- |',
    ...rows,
    ...(batches.length > SHOWN_BATCHES ? ['', `The latest ${SHOWN_BATCHES} batches are shown.`] : []),
    '',
  ].join('\n');
}
