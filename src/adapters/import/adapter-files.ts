import { InvalidInputError } from '../../errors.js';
import { throwIssues } from '../../model/input.js';
import { omitNullish } from '../../omit-nullish.js';
import type { AdapterProperties } from '../adapters.js';
import { parentIssues, propertyIssues } from '../input.js';
import type { DerivationRelation, Parent } from '../lineage.js';
import { readModelCard } from './model-card.js';
import { isGeneric, isSameModel, type ModelName, modelName } from './model-name.js';
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
 * named is `adapter` where there is a configuration, and `merge` for several base models without one. A model that one file
 * names by a path and the other by its name is one parent.
 * @throws {InvalidInputError} naming file and field, that there is no file, or that nothing in the files is understood.
 */
export function readAdapterFiles({ adapterConfig, modelCard, baseModel }: AdapterFiles): AdapterFacts {
  if (adapterConfig === undefined && modelCard === undefined) {
    throw new InvalidInputError([{ field: CONFIG, problem: `or '${CARD}' must be given` }]);
  }
  throwIssues(propertyIssues('baseModel', baseModel));
  const config = adapterConfig === undefined ? undefined : readPeftConfig(adapterConfig, CONFIG);
  const card = modelCard === undefined ? undefined : readModelCard(modelCard, CARD);
  if (config?.isKnown !== true && card?.isKnown !== true) {
    const field = adapterConfig === undefined ? CARD : CONFIG;
    const instead =
      field === CARD ? "a model card's front matter" : 'what PEFT writes, such as base_model_name_or_path';
    throw new InvalidInputError([{ field, problem: `must have ${instead}: nothing in it says what the adapter is` }]);
  }
  const models = createModelReader(baseModel);
  const read = (texts: readonly string[], field: string): ModelName[] =>
    texts.flatMap((text) => models.read(text, field));
  const { inCard, inConfig } = unifyNames(
    read(card?.baseModels ?? [], `${CARD}.base_model`),
    read(config?.baseModel === undefined ? [] : [config.baseModel], configField)[0],
    card?.relation,
  );

  const relation = card?.relation ?? impliedRelation(config !== undefined, new Set(inCard.map(({ id }) => id)).size);
  const parents = new Map<string, Parent>();
  for (const name of models.choose(inCard)) {
    parents.set(name.id, { id: name.id, ...omitNullish({ relation, revision: name.revision }) });
  }
  throwIssues(parentIssues([...parents.values()], `${CARD}.base_model`));
  const [ofConfig] = models.choose(inConfig === undefined ? [] : [inConfig]);
  if (ofConfig !== undefined) {
    const { id } = ofConfig;
    const known = parents.get(id) ?? { id, relation: 'adapter' as const };
    parents.set(id, { ...known, ...omitNullish({ revision: config?.revision ?? ofConfig.revision }) });
  }
  throwIssues(parentIssues([...parents.values()], configField));
  if (parents.size === 0 && baseModel !== undefined) {
    parents.set(baseModel, { id: baseModel, ...omitNullish({ relation }) });
  }
  const [only, ...others] = parents.keys();
  return {
    properties: mergeProperties(config, card?.datasets, ofConfig?.id ?? (others.length === 0 ? only : undefined)),
    parents: [...parents.values()],
    notes: models.notes(parents.size === 0),
  };
}

const configField = `${CONFIG}.base_model_name_or_path`;

function mergeProperties(
  config: PeftConfig | undefined,
  datasets: readonly string[] | undefined,
  baseModel: string | undefined,
): AdapterProperties {
  const { peftType, rank, loraAlpha, targetModules } = config ?? {};
  return omitNullish({ baseModel, peftType, rank, loraAlpha, targetModules, datasets });
}

/** As the Hugging Face Hub infers it from the files of a repository. */
function impliedRelation(isAdapter: boolean, baseModels: number): DerivationRelation | undefined {
  if (isAdapter) return 'adapter';
  return baseModels > 1 ? 'merge' : undefined;
}

/**
 * Where one file has a path to what the other one names, both get the name. A path leads to a name that is its last part, and
 * to the only name where the path says nothing or the card does not tell of two models.
 */
function unifyNames(
  inCard: readonly ModelName[],
  inConfig: ModelName | undefined,
  relation: DerivationRelation | undefined,
): { readonly inCard: readonly ModelName[]; readonly inConfig: ModelName | undefined } {
  if (inConfig === undefined) return { inCard, inConfig };
  const isOneModel = relation === undefined || relation === 'adapter';
  const nameOf = (path: ModelName, names: readonly ModelName[]): ModelName => {
    const [only, ...others] = new Map(names.map((each) => [each.id, each])).values();
    const isOnly = only !== undefined && others.length === 0 && (isOneModel || isGeneric(path));
    return names.find((each) => isSameModel(path, each)) ?? (isOnly ? only : path);
  };
  if (!inConfig.isPath) {
    return { inCard: inCard.map((each) => (each.isPath ? nameOf(each, [inConfig]) : each)), inConfig };
  }
  return {
    inCard,
    inConfig: nameOf(
      inConfig,
      inCard.filter(({ isPath }) => !isPath),
    ),
  };
}

/** Reads the names of models, and takes notes of those that are paths. */
function createModelReader(instead: string | undefined) {
  const shortened = new Set<string>();
  const generic = new Set<string>();
  return {
    /** @throws {InvalidInputError} if the text names no model, or one by a name that is not allowed */
    read: (text: string, field: string): ModelName[] => {
      if (text.trim() === '') return [];
      const name = modelName(text);
      if (instead !== undefined && (name === undefined || name.isPath || isGeneric(name))) {
        return [{ id: instead, isPath: false }];
      }
      if (name === undefined) {
        throw new InvalidInputError([{ field, problem: 'must name a model, not just a directory' }]);
      }
      throwIssues(propertyIssues('baseModel', name.id, field));
      return [name];
    },
    /** Those that can be parents: a name that is of any training is not, as unrelated adapters would share it. */
    choose: (names: readonly ModelName[]): ModelName[] =>
      names.filter((name) => {
        if (isGeneric(name)) generic.add(name.id);
        else if (name.isPath) shortened.add(name.id);
        return !isGeneric(name);
      }),
    notes: (isWithoutParent: boolean): string[] => [
      ...[...shortened].map(
        (id) => `The files name a base model by a path on the training machine; it is stored as '${id}'`,
      ),
      ...[...generic].map(
        (id) => `The files name a base model only by '${id}', which does not say which model it is; it is no parent`,
      ),
      ...(isWithoutParent ? ['No base model was found; name it with baseModel (--base-model) to have a lineage'] : []),
    ],
  };
}
