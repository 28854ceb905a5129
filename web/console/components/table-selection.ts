/** Which rows of a table are selected, and from where a range goes on. */
import { useCallback, useEffect, useMemo, useRef } from 'react';

export interface TableSelection {
  readonly selected: ReadonlySet<string>;
  readonly onChange: (selected: ReadonlySet<string>) => void;
}

export interface SelectRows {
  /** Selects a row, or takes it out. */
  readonly toggle: (place: number) => void;
  /** Selects every row from the last one that was selected up to this one. */
  readonly extend: (place: number) => void;
  /** Selects all rows that are loaded, or none. */
  readonly selectAll: (isSelected: boolean) => void;
  /** How many of the rows that are loaded are selected. */
  readonly head: 'none' | 'some' | 'all';
}

/** Its functions stay the same ones, so that rows are not drawn again when others are selected. */
export function useSelectRows(keys: readonly string[], selection: TableSelection): SelectRows {
  const anchor = useRef<string>(undefined);
  const newest = useRef({ keys, selection });
  useEffect(() => {
    newest.current = { keys, selection };
  });
  const toggle = useCallback((place: number) => {
    const { keys: all, selection: now } = newest.current;
    const key = all[place];
    if (key === undefined) return;
    const next = new Set(now.selected);
    if (!next.delete(key)) next.add(key);
    anchor.current = key;
    now.onChange(next);
  }, []);
  const extend = useCallback((place: number) => {
    const { keys: all, selection: now } = newest.current;
    const from = anchor.current === undefined ? place : all.indexOf(anchor.current);
    const [first, last] = from < place ? [Math.max(from, 0), place] : [place, from];
    now.onChange(new Set([...now.selected, ...all.slice(first, last + 1)]));
  }, []);
  const selectAll = useCallback((isSelected: boolean) => {
    const { keys: all, selection: now } = newest.current;
    now.onChange(new Set(isSelected ? all : []));
  }, []);
  const { selected } = selection;
  const head = useMemo(() => {
    if (selected.size === 0) return 'none';
    return keys.length > 0 && keys.every((key) => selected.has(key)) ? 'all' : 'some';
  }, [keys, selected]);
  return { toggle, extend, selectAll, head };
}
