/**
 * The texts of the console. Each screen has a catalogue of its own (`messages.ts`): the same texts in every language,
 * plain strings and functions that return them.
 */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { createFormat, type Format, type Locale, LOCALES } from './format.js';

const KEY = 'feedback-graph-language';

export type Catalog<Messages> = Readonly<Record<Locale, (format: Format) => Messages>>;

/** A catalogue whose languages have the same texts: one that is missing does not compile. */
export function defineMessages<Messages>(
  en: (format: Format) => Messages,
  de: (format: Format) => NoInfer<Messages>,
): Catalog<Messages> {
  return { en, de };
}

interface Language {
  readonly format: Format;
  readonly setLocale: (locale: Locale) => void;
}

const LanguageContext = createContext<Language>({ format: createFormat('en'), setLocale: () => undefined });

function readLocale(): Locale {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages].map((name) => name.split('-')[0]);
  return LOCALES.find((locale) => locale === wanted.find((name) => LOCALES.some((known) => known === name))) ?? 'en';
}

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [locale, setLocale] = useState(readLocale);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const choose = useCallback((chosen: Locale) => {
    localStorage.setItem(KEY, chosen);
    setLocale(chosen);
  }, []);
  const language = useMemo(() => ({ format: createFormat(locale), setLocale: choose }), [locale, choose]);
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

/** The texts of a catalogue in the chosen language. */
export function useMessages<Messages>(catalog: Catalog<Messages>): Messages {
  const { format } = useContext(LanguageContext);
  return useMemo(() => catalog[format.locale](format), [catalog, format]);
}

/** Numbers, dates and plurals in the chosen language. */
export function useFormat(): Format {
  return useContext(LanguageContext).format;
}

export function useLocale(): readonly [locale: Locale, setLocale: (locale: Locale) => void] {
  const { format, setLocale } = useContext(LanguageContext);
  return [format.locale, setLocale];
}
