import { memo } from 'react';
import styles from './picture.module.css';
import { linePath } from './shape.js';
import type { Layout } from './use-layout.js';

const NOWHERE = [0, 0] as const;

/** The lines from parents to children; those of the selected adapter stand out. */
export const Lines = memo(function Lines({ layout, selected }: { readonly layout: Layout; readonly selected: string }) {
  const places = new Map(layout.ids.map((id, number) => [id, layout.places[number] ?? NOWHERE]));
  return (
    <g>
      {layout.ends.map(([parent, child], number) => (
        <path
          key={`${parent}\n${child}`}
          className={parent === selected || child === selected ? styles['nearLine'] : styles['line']}
          d={linePath(
            layout.direction,
            places.get(parent) ?? NOWHERE,
            places.get(child) ?? NOWHERE,
            layout.lines[number] ?? [],
          )}
        />
      ))}
    </g>
  );
});
