import { useState } from 'react';
import type { Density } from '../../components/data-table.js';

const KEY = 'feedback-graph-density';

/** How high the rows are, as somebody chose it in this browser: like the theme, it is no part of what a link shows. */
export function useDensity(): readonly [density: Density, setDensity: (density: Density) => void] {
  const [density, setDensity] = useState<Density>(() =>
    localStorage.getItem(KEY) === 'comfortable' ? 'comfortable' : 'dense',
  );
  return [
    density,
    (chosen) => {
      localStorage.setItem(KEY, chosen);
      setDensity(chosen);
    },
  ];
}
