import { InvalidInputError } from '../../errors.js';
import { throwIssues } from '../../model/input.js';
import { omitNullish } from '../../omit-nullish.js';
import type { AdapterProperties } from '../adapters.js';
import { parentIssues, propertyIssues } from '../input.js';
import type { DerivationRelation, Parent } from '../lineage.js';
import { readModelCard } from './model-card.js';
import { type ModelName, modelName } from './model-name.js';
import { type PeftConfig, readPeftConfig } from './peft-config.js';

/** The texts of the files that a training leaves beside an adapter's weights. */
export interface AdapterFiles {
  /** `adapter_config.json`. */
  readonly adapterConfig?: string;
  /** `README.md`. */
  readonly modelCard?: string;
  /** What the base model is called here, where the files name it by a path. */
  readonly baseModel?: string;
}

export interface AdapterFacts {
  readonly properties: AdapterProperties;
  /** Each once; none where the files name none. */
  readonly parents: readonly Parent[];
  /** What was decided for the reader, in sentences. */
  readonly notes: readonly string[];
}

const CONFIG = 'adapterConfig';
const CARD = 'modelCard';

/**
 * What the files say of an adapter: its properties, and what it is derived from. The parents are all base models of the
 * card, with the relation that it names, and the one of the configuration, with its revision. A relation that is not
 * named is `adapter` where there is a configuration, and `merge` for several base models without one.
 * @throws {InvalidInputError} naming file and field, or that there is no file.
 */
export function readAdapterFiles({ adapterConfig, modelCard, baseModel }: AdapterFiles): AdapterFacts {
  if (adapterConfig === undefined && modelCard === undefined) {
    throw new InvalidInputError([{ field: CONFIG, problem: `or '${CARD}' must be given` }]);
  }
  throwIssues(propertyIssues('baseModel', baseModel));
  const config = adapterConfig === undefined ? undefined : readPeftConfig(adapterConfig, CONFIG);
  const card = modelCard === undefined ? { baseModels: [] } : readModelCard(modelCard, CARD);
  const models = modelNames(baseModel);
  const inCard = card.baseModels.flatMap((text) => models.read(text, `${CARD}.base_model`));
  const [inConfig] = config?.baseModel === undefined ? [] : models.read(config.baseModel, configField);

  const relation = card.relation ?? impliedRelation(config !== undefined, new Set(inCard.map(({ id }) => id)).size);
  const parents = new Map<string, Parent>(
    inCard.map(({ id, revision }) => [id, { id, ...omitNullish({ relation, revision }) }]),
  );
  throwIssues(parentIssues([...parents.values()], `${CARD}.base_model`));
  if (inConfig !== undefined) {
    const { id } = inConfig;
    const known = parents.get(id) ?? { id, relation: 'adapter' as const };
    parents.set(id, { ...known, ...omitNullish({ revision: config?.revision ?? inConfig.revision }) });
  }
  throwIssues(parentIssues([...parents.values()], configField));
  return {
    properties: mergeProperties(config, card.datasets, inConfig ?? (inCard.length === 1 ? inCard[0] : undefined)),
    parents: [...parents.values()],
    notes: models.notes(),
  };
}

const configField = `${CONFIG}.base_model_name_or_path`;

function mergeProperties(
  config: PeftConfig | undefined,
  datasets: readonly string[] | undefined,
  base: ModelName | undefined,
): AdapterProperties {
  const { peftType, rank, loraAlpha, targetModules } = config ?? {};
  return omitNullish({ baseModel: base?.id, peftType, rank, loraAlpha, targetModules, datasets });
}

/** As the Hugging Face Hub infers it from the files of a repository. */
function impliedRelation(isAdapter: boolean, baseModels: number): DerivationRelation | undefined {
  if (isAdapter) return 'adapter';
  return baseModels > 1 ? 'merge' : undefined;
}

/** Reads the names of models, and takes notes of those that are paths. */
function modelNames(instead: string | undefined) {
  const shortened = new Set<string>();
  return {
    read: (text: string, field: string): ModelName[] => {
      if (text.trim() === '') return [];
      const name = modelName(text);
      if (instead !== undefined && name?.isPath !== false) return [{ id: instead, isPath: false }];
      if (name === undefined) {
        throw new InvalidInputError([{ field, problem: 'must name a model, not just a directory' }]);
      }
      throwIssues(propertyIssues('baseModel', name.id, field));
      if (name.isPath) shortened.add(name.id);
      return [name];
    },
    notes: (): string[] =>
      [...shortened].map(
        (id) => `The files name a base model by a path on the training machine; it is stored as '${id}'`,
      ),
  };
}
