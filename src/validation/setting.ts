/** One plugin of the documented `validation_plugin` setting. */
export interface PluginSetting {
  readonly name: string;
  /** A path or an npm package of the user's own; absent for a built-in. */
  readonly module?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Names of environment variables that the module sees, beside those that all see. */
  readonly environment?: readonly string[];
  /** How long one submission may take, ms. */
  readonly timeoutMs?: number;
  /** Whether it validates what is stored already, instead of letting the client wait; else as the plugin says itself. */
  readonly asynchronous?: boolean;
}

/** A `validation_plugin` setting that does not hold; the server does not start with it. */
export class PluginSettingError extends Error {
  override readonly name = 'PluginSettingError';
}

/** How the place of a plugin in the setting is named. */
export function labelPlugin(settings: readonly PluginSetting[], index: number): string {
  return settings.length === 1 ? 'validation_plugin' : `validation_plugin[${index}]`;
}
