import { basicSpamDetection, type BasicRules, DEFAULT_RULES } from './basic.js';
import type { Validate, ValidationPlugin } from './contract.js';

/** The documented `validation_plugin` setting. */
export interface PluginSetting {
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A `validation_plugin` setting that does not hold; the server does not start with it. */
export class PluginSettingError extends Error {
  override readonly name = 'PluginSettingError';
}

type PluginConfig = Readonly<Record<string, unknown>>;

/** Every built-in plugin, made from its config. */
const BUILT_IN: Readonly<Record<string, (config: PluginConfig) => ValidationPlugin>> = {
  noop: (config) => {
    refuseOthers('noop', config, []);
    return { name: 'noop', validate: () => ({ status: 'approved', reasons: [] }) };
  },
  basic_spam_detection: (config) => basicSpamDetection(parseBasicRules(config)),
};

/**
 * What judges submissions: the plugin of the setting, the documented basic validation without one.
 * @throws {PluginSettingError} naming the key that is wrong.
 */
export function createValidation(setting: PluginSetting | undefined): Validate {
  const { name, config = {} } = setting ?? { name: 'basic_spam_detection' };
  const create = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
  if (create === undefined) {
    throw new PluginSettingError(
      `validation_plugin.name '${name}' is not known; it must be one of: ${Object.keys(BUILT_IN).join(', ')}`,
    );
  }
  const plugin = create(config);
  return async (submission) => plugin.validate(submission);
}

function parseBasicRules(config: PluginConfig): BasicRules {
  refuseOthers('basic_spam_detection', config, ['spam_keywords', 'min_length', 'quality_length', 'max_repetition']);
  const { spam_keywords: keywords = DEFAULT_RULES.spamKeywords } = config;
  if (!Array.isArray(keywords) || !keywords.every((each) => typeof each === 'string' && each.trim() !== '')) {
    throw new PluginSettingError('validation_plugin.config.spam_keywords must be a list of phrases that are not blank');
  }
  return {
    spamKeywords: keywords.map(String),
    minLength: integer(config, 'min_length', DEFAULT_RULES.minLength, 0),
    qualityLength: integer(config, 'quality_length', DEFAULT_RULES.qualityLength, 0),
    maxRepetition: integer(config, 'max_repetition', DEFAULT_RULES.maxRepetition, 2),
  };
}

function integer(config: PluginConfig, key: string, fallback: number, min: number): number {
  const value = config[key] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > 10_000) {
    throw new PluginSettingError(`validation_plugin.config.${key} must be an integer from ${min} to 10000`);
  }
  return value;
}

function refuseOthers(plugin: string, config: PluginConfig, known: readonly string[]): void {
  const unknown = Object.keys(config).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new PluginSettingError(
      `validation_plugin.config.${unknown} is not a setting of ${plugin}` +
        (known.length > 0 ? `; it takes: ${known.join(', ')}` : ', which takes none'),
    );
  }
}
