/** The setting of the validation plugins, the only one that is an object. */
import { isJsonObject } from '../is-json-object.js';
import { omitNullish } from '../omit-nullish.js';
import type { PluginSetting } from '../validation/setting.js';
import { SettingError } from './setting.js';

const MAX_PLUGINS = 16;
/** Ms. */
const MAX_TIMEOUT = 60_000;

/** Checks the shape only; validation/registry.ts knows the plugins and their configuration. */
export function pluginSettings(value: unknown): PluginSetting[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length < 1 || list.length > MAX_PLUGINS) {
    throw new SettingError(`must be one plugin or a list of 1 to ${MAX_PLUGINS} plugins`);
  }
  return list.map(pluginSetting);
}

function pluginSetting(value: unknown): PluginSetting {
  if (!isJsonObject(value)) throw new SettingError("must be an object with a 'name'");
  const { name, module, config, environment, timeout_ms: timeoutMs, asynchronous, ...others } = value;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new SettingError(
      `has the unknown key '${other}'; known keys are name, module, config, environment, timeout_ms and asynchronous`,
    );
  }
  if (typeof name !== 'string' || name === '') throw new SettingError("must have a 'name' that is a non-empty string");
  if (module !== undefined && (typeof module !== 'string' || module === '')) {
    throw new SettingError("has an invalid 'module'; it must be a path or the name of a package");
  }
  if (config !== undefined && !isJsonObject(config)) {
    throw new SettingError("has an invalid 'config'; it must be an object");
  }
  if (environment !== undefined) checkPluginVariables(environment, module);
  const isTimeout =
    typeof timeoutMs === 'number' && Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT;
  if (timeoutMs !== undefined && !isTimeout) {
    throw new SettingError(`has an invalid 'timeout_ms'; it must be an integer from 1 to ${MAX_TIMEOUT}`);
  }
  if (asynchronous !== undefined && typeof asynchronous !== 'boolean') {
    throw new SettingError("has an invalid 'asynchronous'; it must be true or false");
  }
  return { name, ...omitNullish({ module, config, environment, timeoutMs, asynchronous }) };
}

/** @throws {SettingError} */
function checkPluginVariables(value: unknown, module: unknown): asserts value is readonly string[] {
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string' && name !== '')) {
    throw new SettingError("has an invalid 'environment'; it must be a list of names of environment variables");
  }
  if (module === undefined) throw new SettingError("has an 'environment' without a 'module'; only modules have one");
  const names: readonly string[] = value;
  const own = names.find((name) => name.toUpperCase().startsWith('FEEDBACK_'));
  if (own !== undefined) throw new SettingError(`must not pass the server's own setting ${own} to a plugin`);
}
