/** Where the values of settings come from: flags before environment before file before default. */
import { readFileSync } from 'node:fs';
import { type FileSetting, type Setting, SettingError } from './setting.js';
import { FILE_SETTINGS, isJsonObject, SETTINGS } from './settings.js';

export type SettingName = (typeof SETTINGS)[keyof typeof SETTINGS]['name'];

/** The flags that were given, by the names of their settings. */
export type Flags = Readonly<Partial<Record<SettingName, string>>>;

/** Reads settings; what is wrong with them gathers in `problems`, and reading goes on. */
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

export function readSources(environment: NodeJS.ProcessEnv, flags: Flags): Sources {
  const problems = unknownVariables(environment);
  const path = optional(SETTINGS.config, find(SETTINGS.config, environment, flags), problems);
  const file = path === undefined ? new Map<string, Found>() : readFile(path, problems);

  const found = (setting: Setting<unknown>) =>
    find(setting, environment, flags) ?? (setting.key === undefined ? undefined : file.get(setting.key));
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

function find({ name, flag }: Setting<unknown>, environment: NodeJS.ProcessEnv, flags: Flags): Found | undefined {
  const fromFlag = (flags as Readonly<Record<string, string | undefined>>)[name];
  if (fromFlag !== undefined) return { label: flag.slice(0, flag.indexOf(' ')), value: fromFlag };
  const fromEnvironment = environment[name];
  return fromEnvironment === undefined ? undefined : { label: name, value: fromEnvironment };
}

function optional<T>(setting: Setting<T>, found: Found | undefined, problems: string[]): T | undefined {
  return found && attempt(found.label, () => setting.parse(textOf(setting, found.value)), problems);
}

/** What the environment and flags hold is text anyway; the file may also hold numbers where a number is meant. */
function textOf({ number = false }: Setting<unknown>, value: unknown): string {
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

/** Of the commands that talk to a running server; whoever has them set may start a server too. */
export const CLIENT_VARIABLES = { url: 'FEEDBACK_URL', token: 'FEEDBACK_TOKEN' } as const;

/** A mistyped name would otherwise leave a default in force that nobody wanted. */
function unknownVariables(environment: NodeJS.ProcessEnv): string[] {
  const known: string[] = Object.values(SETTINGS).map(({ name }) => name);
  const allowed = [...known, ...Object.values(CLIENT_VARIABLES)];
  return Object.entries(environment)
    .filter(
      ([name, value]) => name.startsWith('FEEDBACK_') && !allowed.includes(name) && !isServiceVariable(name, value),
    )
    .map(([name]) => `${name} is not a setting; the settings are ${known.join(', ')}`);
}

function readFile(path: string, problems: string[]): ReadonlyMap<string, Found> {
  const content = parseFile(path, problems);
  const known: string[] = [...Object.values(SETTINGS), ...Object.values(FILE_SETTINGS)].flatMap((setting) =>
    'key' in setting ? [setting.key] : [],
  );
  const entries = new Map<string, Found>();
  for (const [key, value] of Object.entries(content)) {
    if (known.includes(key)) entries.set(key, { label: `${key} in ${path}`, value });
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
    // Said below. What JSON.parse says quotes the text, in which there may be a secret.
  }
  problems.push(`The settings file ${path} must hold one JSON object`);
  return {};
}
