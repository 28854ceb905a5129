/** Options that every command parses in the same way. */
import { type Command, Option } from 'commander';
import { type Config, type Flags, loadConfig, type Setting, SETTINGS } from '../config/config.js';
import type { Terminal } from './terminal.js';

type SettingId = keyof typeof SETTINGS;

/**
 * Adds an option that takes one value. Another flag of the command is not a value: the value was forgotten.
 * @param parse is also given what it made of the value before, if the option is repeated
 */
export function addOption<Parsed>(
  command: Command,
  option: Option,
  parse: (text: string, before?: Parsed) => Parsed | string = (text) => text,
): void {
  option.argParser<Parsed | string>((text, before) => {
    const isFlag = ({ short, long = '' }: Option): boolean =>
      text === short || (long !== '' && (text === long || text.startsWith(`${long}=`)));
    if (command.options.some(isFlag)) {
      command.error(`error: option '${option.flags}' argument missing`);
    }
    return parse(text, typeof before === 'string' ? undefined : before);
  });
  command.addOption(option);
}

/** Adds the flags of these settings, or of all settings. */
export function addSettingFlags(command: Command, ids: readonly SettingId[] = settingIds()): void {
  for (const id of ids) {
    const setting: Setting<unknown> = SETTINGS[id];
    const fallback = setting.default === undefined ? '' : `, default ${setting.default}`;
    addOption(command, new Option(setting.flag, `${setting.description} (${setting.name}${fallback})`));
    if (setting.former !== undefined) addOption(command, new Option(setting.former.flag).hideHelp());
  }
}

/**
 * Reads the settings of a command, and warns on standard error of those given by a former name.
 * @throws {ConfigError} with everything that is wrong
 */
export function readConfig(command: Command, terminal: Terminal): Config {
  return loadConfig(terminal.environment, givenFlags(command), (message) => {
    terminal.error(`warning: ${message}\n`);
  });
}

/** The flags that were given on the command line, by the names of their settings. */
function givenFlags(command: Command): Flags {
  const settings: readonly Setting<unknown>[] = Object.values(SETTINGS);
  const names = settings.flatMap(({ former, ...names }) => (former === undefined ? [names] : [names, former]));
  return Object.fromEntries(
    names.flatMap(({ name, flag }) => {
      const value: unknown = command.getOptionValue(new Option(flag).attributeName());
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function settingIds(): SettingId[] {
  return Object.keys(SETTINGS) as SettingId[];
}
