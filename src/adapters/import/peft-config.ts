import { InvalidInputError, type Issue } from '../../errors.js';
import { isJsonObject } from '../../is-json-object.js';
import { jsonProblem } from '../../json-bounds.js';
import { idProblem, throwIssues } from '../../model/input.js';
import { omitNullish } from '../../omit-nullish.js';
import type { AdapterProperties } from '../adapters.js';
import { propertyIssues } from '../input.js';
import { fileFields, sizeIssues } from './file-fields.js';

/** UTF-8 bytes of an `adapter_config.json`. */
export const MAX_CONFIG_BYTES = 128 * 1024;

/** What a PEFT `adapter_config.json` says of an adapter. */
export interface PeftConfig extends Pick<AdapterProperties, 'peftType' | 'rank' | 'loraAlpha' | 'targetModules'> {
  /** `base_model_name_or_path` as it stands there. */
  readonly baseModel?: string;
  /** Of the base model. */
  readonly revision?: string;
  /** Whether there is any field that PEFT writes. */
  readonly isKnown: boolean;
}

const READ_FIELDS = ['base_model_name_or_path', 'revision', 'peft_type', 'r', 'lora_alpha', 'target_modules'];

/**
 * Reads an `adapter_config.json`. Fields are those of PEFT's `PeftConfig` and `LoraConfig`; others are left alone.
 * @param file what users know the text as.
 * @throws {InvalidInputError} naming every field that is not as PEFT writes it.
 */
export function readPeftConfig(text: string, file: string): PeftConfig {
  throwIssues(sizeIssues(file, text, MAX_CONFIG_BYTES));
  const content = parseObject(text);
  if (content === undefined) throw new InvalidInputError([{ field: file, problem: 'must be a JSON object' }]);
  const issues: Issue[] = [];
  const fields = fileFields(file, content, issues);

  const baseModel = fields.text('base_model_name_or_path');
  const revision = fields.text('revision');
  const peftType = fields.text('peft_type');
  const rank = fields.number('r');
  const loraAlpha = fields.number('lora_alpha');
  const targetModules = fields.texts('target_modules');

  const revisionProblem = revision === undefined ? undefined : idProblem(revision);
  if (revisionProblem !== undefined) fields.refuse('revision', revisionProblem);
  throwIssues([
    ...issues,
    ...propertyIssues('peftType', peftType, fields.nameOf('peft_type')),
    ...propertyIssues('rank', rank, fields.nameOf('r')),
    ...propertyIssues('loraAlpha', loraAlpha, fields.nameOf('lora_alpha')),
    ...propertyIssues('targetModules', targetModules, fields.nameOf('target_modules')),
  ]);
  const isKnown = fields.hasAny(READ_FIELDS);
  return { isKnown, ...omitNullish({ baseModel, revision, peftType, rank, loraAlpha, targetModules }) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (jsonProblem(text) !== undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
