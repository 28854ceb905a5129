import { omitNullish } from '../omit-nullish.js';
import { BUILT_IN } from './built-in/index.js';
import {
  type AroundPlugin,
  createPluginSlot,
  type PluginCounts,
  type PluginSlot,
  runChain,
  type ValidationLogger,
} from './chain.js';
import type { PluginData, PluginHost, PluginSubmission, Validate, ValidationPlugin } from './contract.js';
import { loadModulePlugin } from './module-plugin.js';
import { checkConfig } from './plugin-config.js';
import { labelPlugin, type PluginSetting, PluginSettingError } from './setting.js';

export { type PluginSetting, PluginSettingError } from './setting.js';

/** The documented default (docs/validation-plugins.md). */
const DEFAULT_SETTINGS: readonly PluginSetting[] = [{ name: 'basic_spam_detection' }];
/** Ms. */
const DEFAULT_TIMEOUT = 2_000;
/** Ms, of plugins that nobody waits for. */
const DEFAULT_ASYNCHRONOUS_TIMEOUT = 30_000;
/** As many failures in a row, and a plugin counts as failing. */
const FAILING_AFTER = 3;

const SILENT: ValidationLogger = { warn: () => undefined };

/** What a plugin is and what it has done since the server started. */
export interface PluginReport extends Omit<PluginCounts, 'failuresInARow'> {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly asynchronous: boolean;
  readonly failing: boolean;
  /** What the plugin tells of itself. */
  readonly own: PluginData;
}

/** The plugins at work. */
export interface Validation {
  readonly validate: Validate;
  /** Tells the plugins of an entry that is on disk. Nobody waits for them. */
  readonly stored: (id: string, submission: () => PluginSubmission) => void;
  readonly report: () => Promise<PluginReport[]>;
  /** The names of the plugins that keep failing; what they should validate is flagged meanwhile. */
  readonly failing: () => string[];
  /** Ends the plugins. Idempotent. */
  readonly stop: () => Promise<void>;
}

export interface ValidationOptions {
  readonly host: PluginHost;
  readonly logger: ValidationLogger;
  /** The built plugin-worker.js. */
  readonly workerFile?: URL;
  /** Runs each validation of an entry by a plugin; nothing is around it if absent. */
  readonly around?: AroundPlugin | undefined;
}

/** The documented validation as it is without a setting: nothing is to be started or ended. */
export function createValidation(_setting?: undefined): Validate {
  const slots = DEFAULT_SETTINGS.map(({ name }) =>
    createPluginSlot(builtIn('validation_plugin', name), DEFAULT_TIMEOUT),
  );
  return (submission, organization, stored) => runChain(slots, submission, organization, SILENT, stored);
}

/**
 * Loads, checks and initializes the plugins of the setting, the documented basic validation without one.
 * @throws {PluginSettingError} naming the key that is wrong; nothing keeps running then.
 */
export async function startValidation(
  settings: readonly PluginSetting[] | undefined,
  { host, logger, workerFile = new URL('./plugin-worker.js', import.meta.url), around }: ValidationOptions,
): Promise<Validation> {
  const slots: PluginSlot[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= stopAll(slots, logger));
  const chosen = settings ?? DEFAULT_SETTINGS;
  try {
    for (const [index, setting] of chosen.entries()) {
      const label = labelPlugin(chosen, index);
      const plugin = await load(label, setting, workerFile, host, logger);
      const asynchronous = setting.asynchronous ?? plugin.asynchronous ?? false;
      const timeout = setting.timeoutMs ?? (asynchronous ? DEFAULT_ASYNCHRONOUS_TIMEOUT : DEFAULT_TIMEOUT);
      slots.push(createPluginSlot(plugin, timeout, asynchronous));
      const isOwn = setting.module === undefined;
      const config = checkConfig(label, setting.name, plugin.configSchema, setting.config, isOwn);
      try {
        await plugin.initialize?.(config, host);
      } catch (error) {
        throw new PluginSettingError(`${label}: the plugin '${setting.name}' ${problemOf(error)}`, { cause: error });
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    validate: (submission, organization, stored) => runChain(slots, submission, organization, logger, stored, around),
    stored: (id, submission) => tell(slots, id, submission, logger),
    report: () => Promise.all(slots.map((slot) => reportOf(slot, logger))),
    failing: () =>
      slots.filter(({ counts }) => counts.failuresInARow >= FAILING_AFTER).map(({ plugin }) => plugin.name),
    stop,
  };
}

function builtIn(label: string, name: string): ValidationPlugin {
  const create = BUILT_IN.get(name);
  if (create !== undefined) return create();
  throw new PluginSettingError(
    `${label}.name '${name}' is not known; without a module it must be one of: ${[...BUILT_IN.keys()].join(', ')}`,
  );
}

async function load(
  label: string,
  { name, module, environment }: PluginSetting,
  workerFile: URL,
  host: PluginHost,
  logger: ValidationLogger,
): Promise<ValidationPlugin> {
  if (module === undefined) return builtIn(label, name);
  try {
    // The name of the setting is the one that people know it by.
    return { ...(await loadModulePlugin({ module, ...omitNullish({ environment }) }, workerFile, host, logger)), name };
  } catch (error) {
    throw new PluginSettingError(`${label}.module '${module}' cannot be loaded: ${problemOf(error)}`, { cause: error });
  }
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : 'failed';
}

function tell(
  slots: readonly PluginSlot[],
  id: string,
  submission: () => PluginSubmission,
  logger: ValidationLogger,
): void {
  for (const { plugin } of slots) {
    if (plugin.onStored === undefined) continue;
    const failed = (error: unknown): void => {
      logger.warn({ plugin: plugin.name, err: error }, 'the validation plugin failed to process a stored entry');
    };
    try {
      void Promise.resolve(plugin.onStored(id, submission())).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

async function reportOf({ plugin, counts, asynchronous }: PluginSlot, logger: ValidationLogger): Promise<PluginReport> {
  const { name, version, description } = plugin;
  const { failuresInARow, ...shown } = counts;
  let own: PluginData = {};
  try {
    own = (await plugin.statistics?.()) ?? {};
  } catch (error) {
    logger.warn({ plugin: name, err: error }, 'the validation plugin failed to return statistics');
  }
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    ...shown,
    asynchronous,
    failing: failuresInARow >= FAILING_AFTER,
    own,
  };
}

async function stopAll(slots: readonly PluginSlot[], logger: ValidationLogger): Promise<void> {
  for (const { plugin } of slots) {
    try {
      await plugin.shutdown?.();
    } catch (error) {
      logger.warn({ plugin: plugin.name, err: error }, 'the validation plugin failed to shut down');
    }
  }
}
