/** Which entries of the list are chosen: some that are loaded, or all that match. */
import { useCallback, useMemo, useState } from 'react';
import type { TableSelection } from '../../components/table-selection.js';

export interface ListSelection {
  readonly table: TableSelection;
  readonly isEmpty: boolean;
  /** Whether all that match are chosen, with those that are not loaded. */
  readonly isMatching: boolean;
  readonly ids: readonly string[];
  readonly selectMatching: () => void;
  readonly clear: () => void;
}

const NONE: ReadonlySet<string> = new Set();

/** @param loaded the ids of the rows that are loaded, which are shown as chosen where all that match are */
export function useListSelection(loaded: readonly string[]): ListSelection {
  const [chosen, setChosen] = useState<ReadonlySet<string> | 'matching'>(NONE);
  const clear = useCallback(() => setChosen(NONE), []);
  const selectMatching = useCallback(() => setChosen('matching'), []);
  const isMatching = chosen === 'matching';
  const selected = useMemo(() => (chosen === 'matching' ? new Set(loaded) : chosen), [chosen, loaded]);
  const table = useMemo(() => ({ selected, onChange: setChosen }), [selected]);
  const ids = useMemo(() => [...selected], [selected]);
  return { table, isEmpty: !isMatching && selected.size === 0, isMatching, ids, selectMatching, clear };
}
