/** What a setting is, and the kinds of values that settings have. */
import { isIP } from 'node:net';
import { isTrustedUrl } from '../http/trusted-url.js';
import { LOCATION_SYNTAX, parseLocation, type StoreLocation } from '../store/engines.js';

/** An invalid value of a setting. The message completes a sentence that starts with the setting's name: `must be …`. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** How a setting is named at each place. */
export interface SettingNames {
  /** The environment variable. */
  readonly name: `FEEDBACK_${string}`;
  /** The flag on the command line, with the name of its value. */
  readonly flag: `--${string} <${string}>`;
  /** The key in the JSON file; the path of that file itself has none. */
  readonly key?: string;
}

/** One setting: its names, default, description and parser. */
export interface Setting<T> extends SettingNames {
  /** Its names in an earlier version: still accepted, but neither listed nor shown by `--help`. */
  readonly former?: SettingNames;
  /** The default, as a user would write it. */
  readonly default?: string;
  /** One line for the table of settings and for `--help`. */
  readonly description: string;
  /** Whether the file may give a JSON number; a string is always accepted. */
  readonly number?: boolean;
  /** @throws {SettingError} saying what is allowed, and never what a secret was. */
  readonly parse: (text: string) => T;
}

/** A setting that is an object and can only be set in the file. */
export interface FileSetting<T> {
  readonly key: string;
  readonly default?: string;
  readonly description: string;
  /** @throws {SettingError} saying what is allowed. */
  readonly parse: (value: unknown) => T;
}

/** A parser of integers in decimal digits from `min` to `max`. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value;
    throw new SettingError(`must be an integer from ${min} to ${max}, not '${text}'`);
  };
}

/** A parser of decimal numbers from `min` to `max`. */
export function decimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,15}(\.\d{1,15})?$/.test(text) && value >= min && value <= max) return value;
    throw new SettingError(`must be a number from ${min} to ${max}, not '${text}'`);
  };
}

/** A parser of one of these words. */
export function oneOf<const Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((each) => each === text);
    if (word !== undefined) return word;
    throw new SettingError(`must be one of ${words.join(', ')}, not '${text}'`);
  };
}

/** A parser of texts that are not empty. */
export function nonEmpty(text: string): string {
  if (text.trim() === '') throw new SettingError('must not be empty');
  return text;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A parser of times (`90s`, `15m`, `24h`, `7d`) from `min` to `max`; the answer is in seconds. */
export function duration(min: string, max: string): (text: string) => number {
  const secondsOf = (text: string) => {
    const [, digits = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
    return digits === '' ? Number.NaN : Number(digits) * (UNIT_SECONDS[unit] ?? Number.NaN);
  };
  return (text) => {
    const seconds = secondsOf(text);
    if (seconds >= secondsOf(min) && seconds <= secondsOf(max)) return seconds;
    throw new SettingError(`must be from ${min} to ${max}, with the unit s, m, h or d, not '${text}'`);
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2 };

/** A parser of sizes (`262144`, `256KiB`, `1MiB`) from `min` to `max`; the answer is in bytes. */
export function byteSize(min: string, max: string): (text: string) => number {
  const bytesOf = (text: string) => {
    const [, digits = '', unit = ''] = /^(\d{1,12}) ?(KiB|MiB)?$/.exec(text) ?? [];
    return digits === '' ? Number.NaN : Number(digits) * (UNITS[unit] ?? Number.NaN);
  };
  return (text) => {
    const bytes = bytesOf(text);
    if (bytes >= bytesOf(min) && bytes <= bytesOf(max)) return bytes;
    throw new SettingError(`must be from ${min} to ${max}, in bytes or with the unit KiB or MiB, not '${text}'`);
  };
}

/** A host name (RFC 1123) or an IP address without brackets. */
export function hostName(text: string): string {
  const label = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
  // Digits and dots alone are a mistyped IP address, not a name.
  const isName = text.length <= 253 && !/^[\d.]+$/.test(text) && text.split('.').every((part) => label.test(part));
  if (isName || isIP(text) !== 0) return text;
  throw new SettingError(`must be a host name or an IP address, not '${text}'`);
}

/** The engine and the path of a store. */
export function storeLocation(text: string): StoreLocation {
  const location = parseLocation(text);
  if (location !== undefined) return location;
  // What has an '@' may have a password before it.
  throw new SettingError(`must be ${LOCATION_SYNTAX}${text.includes('@') ? '' : `, not '${text}'`}`);
}

/** A URL whose responses nobody on the way can alter: HTTPS, or HTTP to this machine. */
export function trustedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isTrustedUrl(url)) {
    throw new SettingError(
      'must be an https URL without a password, or an http URL on this machine (127.0.0.1, localhost)',
    );
  }
  return url.href;
}

/** An issuer of OpenID Connect: a trusted URL, kept as it is written, since tokens name it exactly so. */
export function issuerUrl(text: string): string {
  const { search, hash } = new URL(trustedUrl(text));
  if (search !== '' || hash !== '' || /[?#\s]/.test(text)) {
    throw new SettingError('must be a URL without a query, a fragment or white space');
  }
  return text;
}

/** Scopes as OAuth writes them (RFC 6749 section 3.3), `openid` among them. */
export function openIdScopes(text: string): string {
  const scopes = text.split(' ').filter((scope) => scope !== '');
  if (scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) && scopes.includes('openid')) {
    return scopes.join(' ');
  }
  throw new SettingError("must be scopes separated by spaces, with 'openid' among them");
}

/** What the console sets itself. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'redirect_uri',
  'request',
  'request_uri',
  'response_mode',
  'response_type',
  'scope',
  'state',
]);

/** Further parameters of the address at which people sign in, as a query has them: `prompt=consent&access_type=offline`. */
export function openIdParameters(text: string): Readonly<Record<string, string>> {
  const parameters = [...new URLSearchParams(text)];
  if (parameters.some(([name, value]) => name === '' || value === '')) {
    throw new SettingError('must be parameters as in a query, such as prompt=consent&access_type=offline');
  }
  const own = parameters.find(([name]) => OWN_PARAMETERS.has(name));
  if (own !== undefined) throw new SettingError(`must not have '${own[0]}', which the console sets`);
  return Object.fromEntries(parameters);
}
