import { useSyncExternalStore } from 'react';
import { readTheme, subscribeTheme, type Theme } from '../theme/theme.js';

/** The chosen colours. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribeTheme, readTheme);
}
