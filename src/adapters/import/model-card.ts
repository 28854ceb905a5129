import { isMap, LineCounter, parseDocument } from 'yaml';
import { InvalidInputError, type Issue } from '../../errors.js';
import { throwIssues } from '../../model/input.js';
import { omitNullish } from '../../omit-nullish.js';
import type { AdapterProperties } from '../adapters.js';
import { propertyIssues } from '../input.js';
import { DERIVATION_RELATIONS, type DerivationRelation } from '../lineage.js';
import { fileFields, sizeIssues } from './file-fields.js';

/** UTF-8 bytes of a model card; what follows its front matter is not read. */
export const MAX_CARD_BYTES = 1024 * 1024;
/** UTF-8 bytes of a model card's front matter. */
export const MAX_FRONT_MATTER_BYTES = 32 * 1024;
/** How often aliases may stand for what their anchors hold, all told: more is an attack, not a model card. */
const MAX_ALIASES = 50;

/** What a model card says of where a model comes from. */
export interface ModelCard extends Pick<AdapterProperties, 'datasets'> {
  /** `base_model`, as it stands there. */
  readonly baseModels: readonly string[];
  readonly relation?: DerivationRelation;
  /** Whether there is any field of model cards that tells what the card is of. */
  readonly isKnown: boolean;
}

const KNOWN_FIELDS = ['base_model', 'base_model_relation', 'datasets', 'library_name', 'tags'];

/**
 * The YAML between the `---` lines at the beginning of a model card, where there is any.
 * Source: "Model Cards" of the Hugging Face Hub documentation, section "Model card metadata".
 */
export function frontMatter(card: string): string | undefined {
  const opened = /^\uFEFF?\s*---[ \t]*\r?\n/.exec(card);
  if (opened === null) return undefined;
  const rest = card.slice(opened[0].length).replaceAll('\r\n', '\n');
  const end = /^---[ \t]*$/m.exec(rest)?.index;
  return end === undefined ? undefined : rest.slice(0, end);
}

/**
 * Reads the front matter of a model card; a card without any says nothing. Plain data alone: no tag has an effect, and
 * aliases are limited.
 * @param file what users know the text as.
 * @throws {InvalidInputError} naming every field that is not as model cards have it.
 */
export function readModelCard(text: string, file: string): ModelCard {
  throwIssues(sizeIssues(file, text, MAX_CARD_BYTES));
  const yaml = frontMatter(text);
  if (yaml === undefined) return { baseModels: [], isKnown: false };
  throwIssues(sizeIssues(`${file} front matter`, yaml, MAX_FRONT_MATTER_BYTES));

  const issues: Issue[] = [];
  const fields = fileFields(file, parseYaml(yaml, file), issues);
  const baseModels = fields.texts('base_model') ?? [];
  const datasets = fields.texts('datasets');
  const named = fields.text('base_model_relation')?.toLowerCase();
  const relation = DERIVATION_RELATIONS.find((each) => each === named);
  if (named !== undefined && relation === undefined) {
    fields.refuse('base_model_relation', `must be one of ${DERIVATION_RELATIONS.join(', ')}`);
  }
  throwIssues([...issues, ...propertyIssues('datasets', datasets, fields.nameOf('datasets'))]);
  return { baseModels, isKnown: fields.hasAny(KNOWN_FIELDS), ...omitNullish({ relation, datasets }) };
}

/** @throws {InvalidInputError} for invalid YAML, or YAML built to exhaust its parser. */
function parseYaml(yaml: string, file: string): Readonly<Record<string, unknown>> {
  const lines = new LineCounter();
  const refusal = (problem: string): InvalidInputError => new InvalidInputError([{ field: file, problem }]);
  try {
    const document = parseDocument(yaml, {
      version: '1.2',
      schema: 'core',
      merge: false,
      // Compares every key with every other one.
      uniqueKeys: false,
      // Keys that are collections are written as text again, level by level: 8 KB of `? ? ?` took over a minute.
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'silent',
      lineCounter: lines,
    });
    const [error] = document.errors;
    if (error !== undefined) {
      // The front matter begins on the line after `---`.
      throw refusal(`must have YAML as its front matter, which line ${lines.linePos(error.pos[0]).line + 1} is not`);
    }
    if (document.contents === null) return {};
    if (!isMap(document.contents)) throw refusal('must have a YAML mapping as its front matter');
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    // The library throws errors of many kinds for aliases without end, nesting without end and the like.
    throw refusal('must have front matter that can be read: it has too many aliases, or is nested too deeply');
  }
}
