/** Checks the properties of an adapter, whether a user or the files of a training run supply them. */
import type { Issue } from '../errors.js';
import { adapterIdProblem, idProblem, MAX_ID_BYTES } from '../model/input.js';
import type { AdapterProperties } from './adapters.js';
import { MAX_PARENTS, type Parent } from './lineage.js';

export const MAX_RANK = 1_000_000;
export const MAX_LORA_ALPHA = 1_000_000_000;
/** Some configurations name every layer of a model on its own. */
export const MAX_TARGET_MODULES = 2_000;
export const MAX_DATASETS = 100;
/** UTF-8 bytes of all target modules together: pages of adapters read whole nodes. */
export const MAX_TARGET_MODULES_BYTES = 32 * 1024;
/** UTF-8 bytes of one target module, which may be a pattern. */
const MAX_TARGET_MODULE_BYTES = 4 * 1024;

type Problem = string | undefined;

function rankProblem(rank: number): Problem {
  const allowed = Number.isInteger(rank) && rank >= 1 && rank <= MAX_RANK;
  return allowed ? undefined : `must be an integer from 1 to ${MAX_RANK}`;
}

function loraAlphaProblem(alpha: number): Problem {
  return alpha > 0 && alpha <= MAX_LORA_ALPHA ? undefined : `must be a number above 0, at most ${MAX_LORA_ALPHA}`;
}

function targetModulesProblem(modules: readonly string[]): Problem {
  if (modules.length > MAX_TARGET_MODULES) return `must name at most ${MAX_TARGET_MODULES} modules`;
  const bytes = modules.map((module) => Buffer.byteLength(module));
  if (bytes.reduce((sum, each) => sum + each, 0) > MAX_TARGET_MODULES_BYTES) {
    return `must be at most ${MAX_TARGET_MODULES_BYTES} bytes of UTF-8 together`;
  }
  if (bytes.some((each) => each < 1 || each > MAX_TARGET_MODULE_BYTES)) {
    return `must be names or patterns of 1 to ${MAX_TARGET_MODULE_BYTES} bytes of UTF-8`;
  }
  return modules.every((module) => module.isWellFormed())
    ? undefined
    : 'must be well-formed Unicode, without lone surrogates';
}

function datasetsProblem(datasets: readonly string[]): Problem {
  if (datasets.length > MAX_DATASETS) return `must name at most ${MAX_DATASETS} datasets`;
  return datasets.some((dataset) => idProblem(dataset) !== undefined)
    ? `must be names of 1 to ${MAX_ID_BYTES} bytes of UTF-8, without control characters`
    : undefined;
}

const RULES: { readonly [Field in keyof AdapterProperties]-?: (value: never) => Problem } = {
  version: idProblem,
  baseModel: adapterIdProblem,
  peftType: idProblem,
  rank: rankProblem,
  loraAlpha: loraAlphaProblem,
  targetModules: targetModulesProblem,
  datasets: datasetsProblem,
};

/** The problem of one property, as an issue of the field it came from. */
export function propertyIssues<Field extends keyof AdapterProperties>(
  property: Field,
  value: AdapterProperties[Field],
  field: string = property,
): Issue[] {
  // The rule of a property takes what the property holds.
  const rule = RULES[property] as (value: NonNullable<AdapterProperties[Field]>) => Problem;
  const problem = value === undefined ? undefined : rule(value);
  return problem === undefined ? [] : [{ field, problem }];
}

/** The problems of an adapter's parents. */
export function parentIssues(parents: readonly Parent[], field = 'derivedFrom'): Issue[] {
  if (new Set(parents.map(({ id }) => id)).size > MAX_PARENTS) {
    return [{ field, problem: `must name at most ${MAX_PARENTS} adapters` }];
  }
  const problem = parents.map(({ id }) => adapterIdProblem(id)).find((each) => each !== undefined);
  return problem === undefined ? [] : [{ field, problem }];
}
