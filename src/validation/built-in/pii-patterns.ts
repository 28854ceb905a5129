/**
 * Finds personal data in texts. Every pattern has an end that does not follow the text, so the time is in proportion to
 * it, whatever it holds.
 */
import { isIPv4, isIPv6 } from 'node:net';

export const PII_KINDS = ['email', 'iban', 'card', 'ip', 'phone'] as const;

export type PiiKind = (typeof PII_KINDS)[number];

/** From `start` to `end` (excluded), in UTF-16 units. */
export interface PiiMatch {
  readonly kind: PiiKind;
  readonly start: number;
  readonly end: number;
}

const FINDERS: Readonly<Record<PiiKind, (text: string) => PiiMatch[]>> = {
  email: findEmails,
  iban: findIbans,
  card: findCards,
  ip: findIps,
  phone: findPhones,
};

/** What is found, in order and without overlaps; where two kinds overlap, the first of {@link PII_KINDS} counts. */
export function findPii(text: string, kinds: readonly PiiKind[] = PII_KINDS): PiiMatch[] {
  // Nothing of it does without a digit, an @ or a colon.
  if (!/[\d@:]/u.test(text)) return [];
  let taken: PiiMatch[] = [];
  for (const kind of PII_KINDS) {
    if (kinds.includes(kind)) taken = withoutOverlaps(taken, FINDERS[kind](text));
  }
  return taken;
}

/** Both lists in one order; what overlaps one of `first` is left out. */
function withoutOverlaps(first: readonly PiiMatch[], more: readonly PiiMatch[]): PiiMatch[] {
  if (more.length === 0) return [...first];
  let next = 0;
  const free = more.filter(({ start, end }) => {
    while ((first[next]?.end ?? Infinity) <= start) next += 1;
    return (first[next]?.start ?? Infinity) >= end;
  });
  return [...first, ...free].sort((a, b) => a.start - b.start);
}

/** The text with `[EMAIL]` and the like in place of what was found. */
export function replacePii(text: string, matches: readonly PiiMatch[]): string {
  let replaced = '';
  let from = 0;
  for (const { kind, start, end } of matches) {
    replaced += `${text.slice(from, start)}[${kind.toUpperCase()}]`;
    from = end;
  }
  return replaced + text.slice(from);
}

function matchesOf(kind: PiiKind, text: string, pattern: RegExp, holds: (match: string) => boolean): PiiMatch[] {
  return Array.from(text.matchAll(pattern))
    .filter(([match]) => holds(match))
    .map(({ 0: match, index }) => ({ kind, start: index, end: index + match.length }));
}

/** RFC 5321: 64 octets before the @, labels of 63 behind it. Letters of any script (RFC 6531). */
const EMAIL_LOCAL = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;
const EMAIL_DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}[\p{L}]{2,63}/u;

function findEmails(text: string): PiiMatch[] {
  const found: PiiMatch[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const least = Math.max(found.at(-1)?.end ?? 0, at - 64);
    let start = at;
    while (start > least && EMAIL_LOCAL.test(text.charAt(start - 1))) start -= 1;
    while (start < at && text.charAt(start) === '.') start += 1;
    const domain = EMAIL_DOMAIN.exec(text.slice(at + 1, at + 256))?.[0];
    if (start < at && domain !== undefined) found.push({ kind: 'email', start, end: at + 1 + domain.length });
  }
  return found;
}

/** ISO 13616, registry of 2024: the length of an IBAN by its country. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 ' +
    'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 ' +
    'LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 ' +
    'RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((row) => [row.slice(0, 2), Number(row.slice(2))]),
);

function findIbans(text: string): PiiMatch[] {
  const found: PiiMatch[] = [];
  for (const { 0: head, index } of text.matchAll(/(?<![A-Za-z\d])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z\d])/g)) {
    const length = IBAN_LENGTHS[head.slice(0, 2).toUpperCase()];
    if (length === undefined) continue;
    let compact = '';
    let end = index;
    // Groups are parted by one blank or hyphen.
    for (let parted = false; compact.length < length; end += 1) {
      const character = text.charAt(end);
      if (/[A-Za-z\d]/.test(character)) {
        compact += character.toUpperCase();
        parted = false;
      } else if (/[ -]/.test(character) && !parted) parted = true;
      else break;
    }
    const ends = compact.length === length && !/[A-Za-z\d]/.test(text.charAt(end));
    if (ends && isIban(compact)) found.push({ kind: 'iban', start: index, end });
  }
  return found;
}

/** ISO 7064, mod 97-10, over the letters as numbers. */
function isIban(compact: string): boolean {
  let remainder = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    for (const digit of String(Number.parseInt(character, 36))) remainder = (remainder * 10 + Number(digit)) % 97;
  }
  return remainder === 1;
}

const CARD_DIGITS = { least: 13, most: 19 } as const;

/** Digits in groups that one blank or hyphen parts; a number may end or begin at any group. */
function findCards(text: string): PiiMatch[] {
  const found: PiiMatch[] = [];
  for (const { 0: run, index: offset } of text.matchAll(/\d+(?:[ -]\d+)*/g)) {
    const groups = Array.from(run.matchAll(/\d+/g), ({ 0: digits, index }) => ({ digits, index }));
    for (let first = 0; first < groups.length; first += 1) {
      const end = endOfCard(groups, first);
      if (end === undefined) continue;
      const [from, to] = [groups[first], groups[end]];
      if (from === undefined || to === undefined) continue;
      found.push({ kind: 'card', start: offset + from.index, end: offset + to.index + to.digits.length });
      first = end;
    }
  }
  return found;
}

/** The last group of the longest card number that begins with group `first`, if one does. */
function endOfCard(groups: readonly { readonly digits: string }[], first: number): number | undefined {
  let number = '';
  let end: number | undefined;
  for (let last = first; last < groups.length; last += 1) {
    const digits = groups[last]?.digits ?? '';
    if (number.length + digits.length > CARD_DIGITS.most) break;
    number += digits;
    if (number.length >= CARD_DIGITS.least && passesLuhn(number)) end = last;
  }
  return end;
}

/** ISO/IEC 7812-1, annex B. A number of zeros alone passes it, and is none. */
function passesLuhn(number: string): boolean {
  let sum = 0;
  for (let place = 0; place < number.length; place += 1) {
    const digit = number.charCodeAt(number.length - 1 - place) - 48;
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum > 0 && sum % 10 === 0;
}

const MAX_IPV6_LENGTH = 45;

function findIps(text: string): PiiMatch[] {
  const v4 = matchesOf('ip', text, /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g, isIPv4);
  const v6: PiiMatch[] = [];
  for (const { 0: run, index } of text.matchAll(/(?<![\w.])[\da-fA-F:.]+(?!\w)/g)) {
    if (run.length > MAX_IPV6_LENGTH + 1) continue;
    // The end of a sentence, or what introduces a list.
    const address = run.replace(/(?<!:):$|\.$/, '');
    // `a::b` is more often code than an address.
    if (/\d/.test(address) && address.length > 2 && isIPv6(address)) {
      v6.push({ kind: 'ip', start: index, end: index + address.length });
    }
  }
  return withoutOverlaps(v6, v4);
}

/** E.164 with a plus, national with a leading 0 and a separator, and the North American groups of three, three and four. */
const PHONE =
  /(?<![\w.+-])(?:\+\d(?:[ ./()-]{0,2}\d){6,14}|(?<!\d[ /])0\d{1,4}[ ./-]\d(?:[ ./-]?\d){4,9}|(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4})(?![\w]|[.-]\d)/g;

function findPhones(text: string): PiiMatch[] {
  // A day and a time are no number to call.
  return matchesOf('phone', text, PHONE, (match) => !/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/.test(match));
}
