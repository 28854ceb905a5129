/**
 * The public summary of training content, in the sections of the template that the European Commission has published for Article
 * 53(1)(d) of Regulation (EU) 2024/1689 (24 July 2025, adopted as C(2025) 8311), as far as it concerns those who modify a model:
 * the data of the modification. The titles are the template's. What the server cannot know is marked for the provider to
 * complete.
 */
import type { Adapter } from '../../adapters/adapters.js';
import type { AllocatedBatch } from '../batch.js';
import { factsTime, type LineageFacts, MAX_ANCESTORS_TOLD, MAX_BATCHES_TOLD } from './lineage-facts.js';
import { escapeMarkdown, formatCount, formatDate } from './markdown.js';

/** Models that are named, and datasets; the summary says how many more there are. */
const MAX_NAMED = 50;

const complete = (what: string): string => `**To be completed by the provider:** ${what}`;

export function trainingContentSummary(facts: LineageFacts): string {
  const { adapter, ancestors, batches, batchesOf } = facts;
  const isTrainedHere = ({ id }: Adapter): boolean => (batchesOf.get(id) ?? []).length > 0;
  const [trained, modified] = [ancestors.filter(isTrainedHere), ancestors.filter((each) => !isTrainedHere(each))];
  const datasets = [...new Set([adapter, ...trained].flatMap((each) => each.datasets ?? []))];
  const dependencies = namesOf(
    modified.map(({ id }) => id),
    'none is recorded',
  );
  return [
    '## Public Summary of Training Content',
    '',
    'For the data of the modification alone: what this adapter, and the adapters that it was derived from on this server, were ' +
      'trained on. The training of the models below them is described by their own providers.',
    '',
    `- Version of the Summary: ${complete('the version.')}`,
    `- Last update: ${formatDate(factsTime(facts))}, by what the server has recorded.`,
    '',
    '### 1. General information',
    '',
    '#### 1.1. Provider identification',
    '',
    `- Provider name and contact details: ${complete('both.')}`,
    `- Authorised representative name and contact details: ${complete('both, if the provider is outside the Union.')}`,
    '',
    '#### 1.2. Model identification',
    '',
    `- Versioned model name(s): ${escapeMarkdown(adapter.id)}${adapter.version === undefined ? '' : `, version ${escapeMarkdown(adapter.version)}`}.`,
    `- Model dependencies: ${dependencies}. ${complete("links to these models' own summaries.")}`,
    `- Date of placement of the model on the Union market: ${complete('the date.')}`,
    '',
    '#### 1.3. Modalities, overall training data size and other characteristics',
    '',
    '- Modality: text.',
    `- Training data size: ${sizeOf(batches)}. ` +
      complete('the size in tokens: less than 1 billion, 1 billion to 10 trillion, or more than 10 trillion.'),
    `- Types of content: ${typesOf(batches)}`,
    `- Latest date of data acquisition/collection for model training: ${latestOf(batches)}`,
    `- Description of the linguistic characteristics of the overall training data: ${complete('the languages of the entries.')}`,
    '',
    '### 2. List of data sources',
    '',
    '#### 2.1. Publicly available datasets',
    '',
    `Datasets that the adapters name: ${namesOf(datasets, 'none is recorded')}. ` +
      complete('which of these are publicly available, and links to them.'),
    '',
    '#### 2.2. Private non-publicly available datasets obtained from third parties',
    '',
    '##### 2.2.1. Datasets commercially licensed by rightsholders or their representatives',
    '',
    `None is recorded. ${complete('any that were used beside the recorded data.')}`,
    '',
    '##### 2.2.2. Private datasets obtained from other third parties',
    '',
    `None is recorded. ${complete('any that were used beside the recorded data.')}`,
    '',
    '#### 2.3. Data crawled and scraped from online sources',
    '',
    `None is recorded: this server does not crawl. ${complete('any that were used beside the recorded data.')}`,
    '',
    '#### 2.4. User data',
    '',
    userData(batches),
    '',
    '#### 2.5. Synthetic data',
    '',
    syntheticData(batches),
    '',
    '#### 2.6. Other sources of data',
    '',
    `None is recorded. ${complete('any that were used.')}`,
    '',
    '### 3. Data processing aspects',
    '',
    '#### 3.1. Respect of reservation of rights from text and data mining exception or limitation',
    '',
    complete('whether the Code of Practice was signed, and the measures that were taken, if any data calls for them.'),
    '',
    '#### 3.2. Removal of illegal content',
    '',
    (batches.length === 0
      ? ''
      : 'Entries are validated automatically and, where in doubt, by reviewers; only approved entries are used. ') +
      complete(batches.length === 0 ? 'the measures that were taken.' : 'further measures.'),
    '',
    '#### 3.3. Other information (optional)',
    '',
    heldOut(batches),
    ...limitsOf(facts),
    '',
  ].join('\n');
}

function typesOf(batches: readonly AllocatedBatch[]): string {
  if (batches.length === 0) return 'none is recorded.';
  return (
    'questions and instructions that users gave to language models, the answers of these models, judgements of these answers, ' +
    'corrections by users, and preferences between answers.'
  );
}

function syntheticData(batches: readonly AllocatedBatch[]): string {
  if (batches.length === 0) return `None is recorded. ${complete('any that was used.')}`;
  return (
    'Answers of language models are part of the entries, chosen by what people said of them. ' +
    complete('whether they were created by the provider or on their behalf, and the models that generated them.')
  );
}

function sum(batches: readonly AllocatedBatch[], of: (batch: AllocatedBatch) => number): number {
  return batches.reduce((total, batch) => total + of(batch), 0);
}

function sizeOf(batches: readonly AllocatedBatch[]): string {
  const entries = sum(batches, ({ claimed }) => claimed.total - claimed.holdout);
  return `${formatCount(entries)} feedback entries in ${formatCount(batches.length)} training batches`;
}

function latestOf(batches: readonly AllocatedBatch[]): string {
  if (batches.length === 0) return 'no training batch is recorded.';
  const latest = batches.reduce((time, { createdAt }) => Math.max(time, createdAt), 0);
  return `${formatDate(latest).slice(0, 7)}. The model does not learn on from what is collected later.`;
}

function userData(batches: readonly AllocatedBatch[]): string {
  if (batches.length === 0) return `None is recorded. ${complete('any that was used.')}`;
  return (
    'Yes, interactions of users with AI models: what they asked, and how they judged and corrected the answers. ' +
    complete('the services that collected the entries.')
  );
}

function heldOut(batches: readonly AllocatedBatch[]): string {
  const count = sum(batches, ({ claimed }) => claimed.holdout);
  return `${formatCount(count)} entries were held out of training. ${complete('measures that protect personal data.')}`;
}

function namesOf(names: readonly string[], ifNone: string): string {
  if (names.length === 0) return ifNone;
  const more = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).map(escapeMarkdown).join(', ') + (more > 0 ? ` and ${formatCount(more)} more` : '');
}

function limitsOf({ hasMoreAncestors, hasMoreBatches }: LineageFacts): string[] {
  return [
    ...(hasMoreAncestors
      ? ['', `Only the nearest ${MAX_ANCESTORS_TOLD} ancestors were looked at; there are more.`]
      : []),
    ...(hasMoreBatches
      ? ['', `Only ${formatCount(MAX_BATCHES_TOLD)} training batches were counted; there are more.`]
      : []),
  ];
}
