/** Starts the configured validation plugins for commands that validate. */
import type { Config } from '../config/config.js';
import type { PluginHost } from '../validation/contract.js';
import type { Validation } from '../validation/registry.js';
import { PluginSettingError } from '../validation/setting.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

/** @throws {CommandError} if their setting is invalid */
export async function startPlugins(
  { validationPlugin }: Config,
  host: PluginHost,
  terminal: Terminal,
): Promise<Validation> {
  const { startValidation } = await import('../validation/registry.js');
  const logger = { warn: (_fields: object, message: string) => terminal.error(`warning: ${message}\n`) };
  try {
    return await startValidation(validationPlugin, { host, logger });
  } catch (error) {
    if (error instanceof PluginSettingError) throw new CommandError(error.message, EXIT.usage, { cause: error });
    throw error;
  }
}
