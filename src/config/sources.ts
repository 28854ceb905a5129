/** Where the values of settings come from: flags before environment before file before default. */
import { readFileSync } from 'node:fs';
import { isJsonObject } from '../is-json-object.js';
import { type FileSetting, type Setting, SettingError, type SettingNames } from './setting.js';
import { FILE_SETTINGS, SETTINGS } from './settings.js';

type AnySetting = (typeof SETTINGS)[keyof typeof SETTINGS];

/** The name of a setting in the environment, or a former one. */
export type SettingName = AnySetting['name'] | Extract<AnySetting, { readonly former: SettingNames }>['former']['name'];

/** The flags that were given, by the names of their settings. */
export type Flags = Readonly<Partial<Record<SettingName, string>>>;

/** Reads settings and collects everything that is wrong with them in `problems`. */
export interface Sources {
  readonly problems: string[];
  /** How the setting was written where it was found (`--port`, `FEEDBACK_PORT`, `port in settings.json`), if anywhere. */
  readonly labelOf: (setting: Setting<unknown>) => string | undefined;
  readonly optional: <T>(setting: Setting<T>) => T | undefined;
  readonly withDefault: <T>(setting: Setting<T> & { readonly default: string }) => T;
  readonly fromFile: <T>(setting: FileSetting<T>) => T | undefined;
}

interface Found {
  readonly label: string;
  readonly value: unknown;
}

/** By which of its names a setting was found. */
interface Origin {
  readonly origin: keyof SettingNames;
}

/** @param onDeprecation called with one sentence for each setting that is given by a former name */
export function readSources(
  environment: NodeJS.ProcessEnv,
  flags: Flags,
  onDeprecation: (message: string) => void,
): Sources {
  const problems = unknownVariables(environment);
  const path = optional(SETTINGS.config, find(SETTINGS.config, environment, flags), problems);
  const file = path === undefined ? new Map<string, Found>() : readFile(path, problems);

  const findAnywhere = (names: SettingNames): (Found & Origin) | undefined => {
    const found = find(names, environment, flags);
    if (found !== undefined) return found;
    const entry = names.key === undefined ? undefined : file.get(names.key);
    return entry && { ...entry, origin: 'key' };
  };
  const found = (setting: Setting<unknown>): Found | undefined =>
    findAnywhere(setting) ?? (setting.former && findAnywhere(setting.former));
  for (const setting of Object.values<Setting<unknown>>(SETTINGS)) {
    const former = setting.former && findAnywhere(setting.former);
    if (former === undefined) continue;
    const present = findAnywhere(setting);
    const name = nameAt(setting, former.origin);
    if (present === undefined) onDeprecation(`${former.label} is deprecated; use ${name} instead`);
    else problems.push(`${present.label} and ${former.label} are the same setting; set only ${present.label}`);
  }
  return {
    problems,
    labelOf: (setting) => found(setting)?.label,
    optional: (setting) => optional(setting, found(setting), problems),
    withDefault: (setting) => optional(setting, found(setting), problems) ?? setting.parse(setting.default),
    fromFile: (setting) => {
      const entry = file.get(setting.key);
      return entry && attempt(entry.label, () => setting.parse(entry.value), problems);
    },
  };
}

function find(names: SettingNames, environment: NodeJS.ProcessEnv, flags: Flags): (Found & Origin) | undefined {
  const fromFlag = (flags as Readonly<Record<string, string | undefined>>)[names.name];
  if (fromFlag !== undefined) return { label: nameAt(names, 'flag'), value: fromFlag, origin: 'flag' };
  const fromEnvironment = environment[names.name];
  return fromEnvironment === undefined
    ? undefined
    : { label: nameAt(names, 'name'), value: fromEnvironment, origin: 'name' };
}

/** What a setting is called in the environment, among the flags (without its value), or in the file. */
function nameAt(names: SettingNames, origin: keyof SettingNames): string {
  return names[origin]?.split(' ')[0] ?? names.name;
}

function optional<T>(setting: Setting<T>, found: Found | undefined, problems: string[]): T | undefined {
  return found && attempt(found.label, () => setting.parse(toText(setting, found.value)), problems);
}

/** What the environment and flags hold is text anyway; the file may also hold numbers where a number is meant. */
function toText({ number = false }: Setting<unknown>, value: unknown): string {
  if (typeof value === 'string') return value;
  if (number && typeof value === 'number') return String(value);
  throw new SettingError(`must be a string${number ? ' or a number' : ''}`);
}

function attempt<T>(label: string, parse: () => T, problems: string[]): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    problems.push(`${label} ${error.message}`);
    return undefined;
  }
}

/** What Kubernetes adds to the environment of every container for a service named `feedback-graph` or the like. */
const SERVICE_VARIABLE = /^FEEDBACK_(?:\w+_)?(?:SERVICE_(?:HOST|PORT\w*)|PORT_\d+_(?:TCP|UDP|SCTP)\w*)$/;
const SERVICE_ADDRESS = /^(?:tcp|udp|sctp):\/\//;

function isServiceVariable(name: string, value: string | undefined): boolean {
  return SERVICE_VARIABLE.test(name) || (name.endsWith('_PORT') && SERVICE_ADDRESS.test(value ?? ''));
}

/** For the commands that talk to a running server. They do not keep `serve` from starting. */
export const CLIENT_VARIABLES = { url: 'FEEDBACK_URL', token: 'FEEDBACK_TOKEN' } as const;

/** Without this check, a mistyped name would silently leave the default in force. */
function unknownVariables(environment: NodeJS.ProcessEnv): string[] {
  const known: string[] = Object.values(SETTINGS).map(({ name }) => name);
  const allowed = [...known, ...formerNames().map(({ name }) => name), ...Object.values(CLIENT_VARIABLES)];
  return Object.entries(environment)
    .filter(
      ([name, value]) => name.startsWith('FEEDBACK_') && !allowed.includes(name) && !isServiceVariable(name, value),
    )
    .map(([name]) => `${name} is not a setting; the settings are ${known.join(', ')}`);
}

function formerNames(): SettingNames[] {
  return Object.values<Setting<unknown>>(SETTINGS).flatMap(({ former }) => (former === undefined ? [] : [former]));
}

function readFile(path: string, problems: string[]): ReadonlyMap<string, Found> {
  const content = parseFile(path, problems);
  const known: string[] = [...Object.values(SETTINGS), ...Object.values(FILE_SETTINGS)].flatMap((setting) =>
    'key' in setting ? [setting.key] : [],
  );
  const formerKeys = formerNames().map(({ key }) => key);
  const entries = new Map<string, Found>();
  for (const [key, value] of Object.entries(content)) {
    if (known.includes(key) || formerKeys.includes(key)) entries.set(key, { label: `${key} in ${path}`, value });
    else problems.push(`${key} in ${path} is not a setting; the settings are ${known.join(', ')}`);
  }
  return entries;
}

function parseFile(path: string, problems: string[]): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    problems.push(`The settings file ${path} cannot be read`);
    return {};
  }
  try {
    const content: unknown = JSON.parse(text);
    if (isJsonObject(content)) return content;
  } catch {
    // Reported below, without the parser's message: it quotes the text, which may contain a secret.
  }
  problems.push(`The settings file ${path} must hold one JSON object`);
  return {};
}
