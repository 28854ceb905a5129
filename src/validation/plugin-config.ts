import { Ajv, type ErrorObject } from 'ajv';
import type { ConfigSchema } from './contract.js';
import { PluginSettingError } from './setting.js';

const NO_CONFIG: ConfigSchema = { type: 'object', properties: {}, additionalProperties: false };

/**
 * Checks a plugin's config against its schema and fills in the defaults of the schema.
 * @param isOwn whether the schema is that of a built-in plugin, which needs no check at each start
 * @throws {PluginSettingError} naming the key that is wrong, or saying that the schema is invalid.
 */
export function checkConfig(
  label: string,
  plugin: string,
  schema: ConfigSchema = NO_CONFIG,
  config: Readonly<Record<string, unknown>> = {},
  isOwn = false,
): Readonly<Record<string, unknown>> {
  const checked = structuredClone(config);
  const ajv = new Ajv({ useDefaults: true, strict: false, ...(isOwn && { meta: false, validateSchema: false }) });
  let validate;
  try {
    validate = ajv.compile(schema);
  } catch {
    throw new PluginSettingError(`${label}: the plugin '${plugin}' has a configSchema that is not a valid JSON Schema`);
  }
  if (validate(checked)) return checked;
  const [error] = validate.errors ?? [];
  throw new PluginSettingError(
    error === undefined ? `${label}.config is invalid` : sentenceOf(label, plugin, schema, error),
  );
}

function sentenceOf(label: string, plugin: string, schema: ConfigSchema, error: ErrorObject): string {
  const {
    instancePath,
    keyword,
    params,
    message = 'is invalid',
  } = error as ErrorObject<string, Record<string, unknown>>;
  const path = `${label}.config${instancePath.replaceAll('/', '.')}`;
  if (keyword === 'additionalProperties') {
    const known = Object.keys((schema as { readonly properties?: object }).properties ?? {});
    const takes = known.length > 0 ? `; known settings are ${known.join(', ')}` : ', which has none';
    return `${path}.${String(params.additionalProperty)} is not a setting of ${plugin}${takes}`;
  }
  if (keyword === 'required') return `${path}.${String(params.missingProperty)} is missing; ${plugin} requires it`;
  if (keyword === 'enum') return `${path} must be one of: ${(params.allowedValues as unknown[]).join(', ')}`;
  if (keyword === 'type')
    return `${path} must be ${/^[aeiou]/.test(String(params.type)) ? 'an' : 'a'} ${String(params.type)}`;
  return `${path} ${message}`;
}
