/** Commands and options that behave alike everywhere. */
import { type Command, Option } from 'commander';
import { type Flags, type Setting, SETTINGS } from '../config.js';

type SettingId = keyof typeof SETTINGS;

/** Adds an option that takes one value. A flag of the same command is not taken for the value: that one was forgotten. */
export function addOption(command: Command, option: Option, parse = (text: string): unknown => text): void {
  option.argParser((text: string) => {
    const isFlag = ({ short, long = '' }: Option): boolean =>
      text === short || (long !== '' && (text === long || text.startsWith(`${long}=`)));
    if (command.options.some(isFlag)) {
      command.error(`error: option '${option.flags}' argument missing`);
    }
    return parse(text);
  });
  command.addOption(option);
}

/** Adds the flags of these settings, of all where none are named. */
export function addSettingFlags(command: Command, ids: readonly SettingId[] = settingIds()): void {
  for (const id of ids) {
    const setting: Setting<unknown> = SETTINGS[id];
    const fallback = setting.default === undefined ? '' : `, default ${setting.default}`;
    addOption(command, new Option(setting.flag, `${setting.description} (${setting.name}${fallback})`));
  }
}

/** The flags that were given on the command line, by the names of their settings. */
export function givenFlags(command: Command): Flags {
  const given = command.opts<Readonly<Partial<Record<SettingId, string>>>>();
  return Object.fromEntries(
    settingIds().flatMap((id) => (given[id] === undefined ? [] : [[SETTINGS[id].name, given[id]]])),
  );
}

function settingIds(): SettingId[] {
  return Object.keys(SETTINGS) as SettingId[];
}
