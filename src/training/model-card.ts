/** What a model hub wants to know of an adapter (Hugging Face: "Model Cards", its metadata in YAML). */
import { stringify } from 'yaml';
import { findAdapter } from '../adapters/adapters.js';
import { decodeDerivation, findParents } from '../adapters/lineage.js';
import { ApiError } from '../errors.js';
import { omitNullish } from '../omit-nullish.js';
import type { Reader } from '../store/contract.js';
import { edgeOutKey } from '../store/layout.js';
import { type AllocatedBatch, findBatches } from './batch.js';
import { trainedOn } from './provenance.js';

export interface ModelCard {
  /** The metadata, without the lines of dashes around it. */
  readonly yaml: string;
  readonly markdown: string;
}

/** How many batches the table shows, the latest; the card says how many there are. */
const SHOWN_BATCHES = 100;

/** @throws {ApiError} NOT_FOUND */
export async function modelCard(reader: Reader, org: string, adapterId: string): Promise<ModelCard> {
  const adapter = await findAdapter(reader, org, adapterId);
  if (adapter === undefined) throw new ApiError('NOT_FOUND', 'Adapter not found');
  const parents = await findParents(reader, org, adapterId);
  const derivations = await reader.getMany(parents.map((parent) => edgeOutKey(org, 'DERIVED_FROM', adapterId, parent)));
  const relations = derivations.map((value) => (value === undefined ? undefined : decodeDerivation(value).relation));
  const edges = await trainedOn(reader, org, adapterId);
  const found = await findBatches(
    reader,
    org,
    edges.map(({ number }) => number),
  );
  const batches = found.filter((batch) => batch !== undefined && batch.state !== 'external');
  const relation = relations.find((each) => each !== undefined) ?? (parents.length > 1 ? 'merge' : 'adapter');
  const [first, ...others] = parents;
  const metadata = {
    ...omitNullish({ base_model: others.length > 0 ? parents : (first ?? adapter.baseModel) }),
    ...(parents.length > 0 || adapter.baseModel !== undefined ? { base_model_relation: relation } : {}),
    datasets: [...(adapter.datasets ?? []), ...batches.map(datasetOf)],
    tags: ['human-feedback', ...(adapter.peftType === undefined ? [] : [adapter.peftType.toLowerCase()])],
  };
  return {
    yaml: stringify({ ...metadata, datasets: metadata.datasets.length > 0 ? metadata.datasets : undefined }),
    markdown: markdownOf(batches),
  };
}

/** A name that says which entries it were, without saying anything of them. */
function datasetOf({ number, digest }: AllocatedBatch): string {
  return digest === undefined ? `feedback-batch-${number}` : `feedback-batch-${number}-${digest.slice(0, 16)}`;
}

const COUNT = new Intl.NumberFormat('en-US');

function markdownOf(batches: readonly AllocatedBatch[]): string {
  if (batches.length === 0) return '## Training data\n\nNo training batch is recorded for this model.\n';
  const sum = (of: (batch: AllocatedBatch) => number): string =>
    COUNT.format(batches.reduce((total, batch) => total + of(batch), 0));
  const rows = batches.slice(-SHOWN_BATCHES).map(({ number, digest = '', claimed, training }) => {
    const date = training === undefined ? '' : new Date(training.committedAt).toISOString().slice(0, 10);
    const metrics = Object.entries(training?.metrics ?? {}).map(([name, value]) => `${inTable(name)} ${value}`);
    const { total, positive, corrected, negative, preferences = 0, holdout } = claimed;
    const ofTypes = [positive, corrected, negative - corrected, preferences];
    const counts = [total, ...ofTypes, holdout].map((each) => COUNT.format(each));
    return `| ${[number, `\`${digest.slice(0, 16)}\``, ...counts, date, metrics.join(', ')].join(' | ')} |`;
  });
  const batchesText = batches.length === 1 ? 'one batch' : `${COUNT.format(batches.length)} batches`;
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

/** Names are the trainer's own: none breaks out of its cell. */
function inTable(name: string): string {
  return name.replaceAll(/[\\|`*_[\]<>]/g, (sign) => `\\${sign}`);
}
