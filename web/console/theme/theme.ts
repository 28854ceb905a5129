/**
 * Light or dark: as the system says, unless somebody has chosen. The choice stays in the browser, and holds for the console,
 * GraphiQL and the page of the REST API alike.
 */
const KEY = 'feedback-graph-theme';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const listeners = new Set<() => void>();

export function readTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === kept) ?? 'system';
}

/** Draws the page in the chosen colours, and in those that are chosen later, in other tabs as well. */
export function applyTheme(): void {
  const apply = (): void => {
    const theme = readTheme();
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  subscribeTheme(apply);
  addEventListener('storage', ({ key }) => {
    if (key === KEY || key === null) notify();
  });
  apply();
}

export function saveTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  notify();
}

/** Calls after each choice; the answer stops it. */
export function subscribeTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function notify(): void {
  for (const listener of listeners) listener();
}
