/** The server's log for people at a terminal: one line per record, in place of JSON. */
import { levels } from 'pino';
import { paint, type Style, toOneLine } from './screen.js';
import type { Screen } from './terminal.js';

const LEVEL_STYLES: Readonly<Record<string, Style>> = { warn: 'yellow', error: 'red', fatal: 'red' };
/** pino writes these into every record, and they say nothing to somebody who watches a single process. */
const OMITTED = new Set(['pid', 'hostname', 'v']);

/**
 * A JSON line of pino as text: time, level, message and fields, then the stack of an error. Undefined for what a
 * terminal need not show.
 */
export function logText(line: string, screen: Screen | undefined): string | undefined {
  const record = parseRecord(line);
  if (record === undefined) return `${toOneLine(line)}\n`;
  const { time, level, msg, err, ...fields } = record;
  const message = typeof msg === 'string' ? msg : '';
  // Fastify's own line; the first screen has just said so.
  if (message.startsWith('Server listening at ')) return undefined;

  const label = (typeof level === 'number' ? levels.labels[level] : undefined) ?? 'info';
  const shown = Object.entries(fields).filter(([name]) => !OMITTED.has(name));
  const parts = [
    paint(clockTime(time), 'dim', screen),
    paint(label.toUpperCase().padEnd(5), LEVEL_STYLES[label], screen),
    toOneLine(message),
    ...shown.map(([name, value]) => paint(`${toOneLine(name)}=${fieldText(value)}`, 'dim', screen)),
  ];
  const stack = stackLines(err).map((each) => `\n    ${paint(each, 'dim', screen)}`);
  return `${parts.join(' ')}${stack.join('')}\n`;
}

function parseRecord(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** `14:05:09.120` in the time zone of the machine. */
function clockTime(time: unknown): string {
  const date = new Date(typeof time === 'number' ? time : Number.NaN);
  if (Number.isNaN(date.getTime())) return '--:--:--.---';
  const digits = (value: number, length = 2): string => String(value).padStart(length, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => digits(value)).join(':');
  return `${clock}.${digits(date.getMilliseconds(), 3)}`;
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' && /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value);
  return toOneLine(text);
}

/** The lines of an error's stack, which begins with its type and message. */
function stackLines(err: unknown): string[] {
  if (typeof err !== 'object' || err === null) return [];
  const { type, message, stack } = err as Readonly<Record<string, unknown>>;
  const text =
    typeof stack === 'string' ? stack : [type, message].filter((each) => typeof each === 'string').join(': ');
  return text.split('\n').map(toOneLine);
}
