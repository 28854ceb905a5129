/** Which rows of a table are selected, and from where a range goes on. */
import { useCallback, useRef } from 'react';

export interface TableSelection {
  readonly selected: ReadonlySet<string>;
  readonly onChange: (selected: ReadonlySet<string>) => void;
}

export interface SelectRows {
  /** Selects a row, or takes it out. */
  readonly toggle: (place: number) => void;
  /** Selects every row from the last one that was selected up to this one. */
  readonly extend: (place: number) => void;
}

export function useSelectRows(keys: readonly string[], { selected, onChange }: TableSelection): SelectRows {
  const anchor = useRef<string>(undefined);
  const toggle = useCallback(
    (place: number) => {
      const key = keys[place];
      if (key === undefined) return;
      const next = new Set(selected);
      if (!next.delete(key)) next.add(key);
      anchor.current = key;
      onChange(next);
    },
    [keys, selected, onChange],
  );
  const extend = useCallback(
    (place: number) => {
      const from = anchor.current === undefined ? place : keys.indexOf(anchor.current);
      const [first, last] = from < place ? [Math.max(from, 0), place] : [place, from];
      onChange(new Set([...selected, ...keys.slice(first, last + 1)]));
    },
    [keys, selected, onChange],
  );
  return { toggle, extend };
}
