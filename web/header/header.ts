/** The header of the pages beside the console: the way to each other, and the same colours. */
import '../console/theme/tokens.css';
import { applyTheme, readTheme, saveTheme, subscribeTheme, type Theme, THEMES } from '../console/theme/theme.js';
import './header.css';

const PLACES = [
  { path: '/console', name: 'Console' },
  { path: '/graphql', name: 'GraphiQL' },
  { path: '/docs', name: 'REST API' },
] as const;

const THEME_NAMES: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' };

/** Draws the header into `place`; answers the room that it leaves to the page. */
export function drawHeader(place: HTMLElement, current: '/graphql' | '/docs'): HTMLElement {
  applyTheme();
  place.className = 'header';
  const places = document.createElement('nav');
  places.ariaLabel = 'Pages';
  for (const { path, name } of PLACES) {
    const link = document.createElement('a');
    link.href = path;
    link.textContent = name;
    if (path === current) link.ariaCurrent = 'page';
    places.append(link);
  }
  const room = document.createElement('div');
  room.className = 'room';
  place.replaceChildren(places, room, themeChoice());
  return room;
}

function themeChoice(): HTMLElement {
  const choice = document.createElement('select');
  choice.ariaLabel = 'Theme';
  choice.append(...THEMES.map((theme) => new Option(THEME_NAMES[theme], theme)));
  const show = (): void => {
    choice.value = readTheme();
  };
  choice.addEventListener('change', () => {
    const chosen = THEMES.find((theme) => theme === choice.value);
    if (chosen !== undefined) saveTheme(chosen);
  });
  subscribeTheme(show);
  show();
  return choice;
}

/** Calls with whether the page is dark, now and after each change, by a choice or by the system. */
export function followDark(tell: (isDark: boolean) => void): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const look = (): void => {
    const theme = readTheme();
    tell(theme === 'dark' || (theme === 'system' && system.matches));
  };
  system.addEventListener('change', look);
  subscribeTheme(look);
  look();
}
