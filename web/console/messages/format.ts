/** Numbers, dates and plurals in the words of one language. */
export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];

/** A moment as the API gives it, or as JavaScript does. */
export type Moment = string | number | Date;

export interface PluralForms {
  readonly one: string;
  readonly other: string;
}

export interface Format {
  readonly locale: Locale;
  number(value: number): string;
  /** Short, as 1.2K: where there is little room. */
  compact(value: number): string;
  /** A share from 0 to 1. */
  percent(share: number): string;
  bytes(count: number): string;
  date(at: Moment): string;
  dateTime(at: Moment): string;
  /** "3 hours ago", against `now`. */
  relative(at: Moment, now?: number): string;
  /** A time span in its largest whole units, as "1 h 5 min". */
  duration(milliseconds: number): string;
  list(items: readonly string[]): string;
  /** The form for a number, with the number in front of it: "1 entry", "2,000 entries". */
  count(value: number, forms: PluralForms): string;
}

const UNITS = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

const SPAN_UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

export function createFormat(locale: Locale): Format {
  const number = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const list = new Intl.ListFormat(locale);
  const plural = new Intl.PluralRules(locale);
  const unit = (name: string, value: number): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);

  return {
    locale,
    number: (value) => number.format(value),
    compact: (value) => compact.format(value),
    percent: (share) => percent.format(share),
    bytes: (count) => {
      const step = Math.min(3, Math.floor(Math.log10(Math.max(1, count)) / 3));
      const names = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
      return unit(names[step] ?? 'byte', Math.round((count / 1000 ** step) * 10) / 10);
    },
    date: (at) => date.format(new Date(at)),
    dateTime: (at) => dateTime.format(new Date(at)),
    relative: (at, now = Date.now()) => {
      const distance = new Date(at).getTime() - now;
      const [name, size] = UNITS.find(([, milliseconds]) => Math.abs(distance) >= milliseconds) ?? ['second', 1_000];
      return relative.format(Math.round(distance / size), name);
    },
    duration: (milliseconds) => {
      const first = SPAN_UNITS.findIndex(([, size]) => milliseconds >= size);
      let rest = Math.max(0, milliseconds);
      const parts = SPAN_UNITS.slice(first < 0 ? -1 : first)
        .slice(0, 2)
        .map(([name, size]) => {
          const whole = Math.floor(rest / size);
          rest -= whole * size;
          return [name, whole] as const;
        });
      return parts
        .filter(([, whole], place) => whole > 0 || place === 0)
        .map(([name, whole]) => unit(name, whole))
        .join(' ');
    },
    list: (items) => list.format(items),
    count: (value, forms) => `${number.format(value)} ${plural.select(value) === 'one' ? forms.one : forms.other}`,
  };
}
