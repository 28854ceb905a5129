import { fit, paint, toOneLine } from '../screen.js';
import type { Screen } from '../terminal.js';

/** Adapters in one direction of a lineage, by id. */
export type Family = ReadonlyMap<
  string,
  {
    /** Empty where none is registered. */
    readonly version: string;
    /** The neighbours in that direction. */
    readonly next: readonly string[];
    /** Whether those are all. */
    readonly complete: boolean;
  }
>;

/** Columns that a name gets however deep it is. */
const LEAST = 8;

/** A lineage as a tree from `root`; what hangs below an adapter is drawn where it comes first. */
export function treeText(family: Family, root: string, screen: Screen | undefined): string {
  const lines: string[] = [];
  const drawn = new Set<string>();
  const add = (indent: string, name: string, note: string): void => {
    const room = screen === undefined ? Infinity : Math.max(LEAST, screen.columns - indent.length - note.length);
    lines.push(`${paint(indent, 'dim', screen)}${fit(toOneLine(name), room)}${paint(note, 'dim', screen)}\n`);
  };
  /** What is still to draw, the next one last: lineages are deeper than a stack of calls may be. */
  const open = [{ id: root, before: '', below: '' }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { id, before, below } = place;
    const { version = '', next = [], complete = true } = family.get(id) ?? {};
    const again = drawn.has(id) && next.length > 0;
    drawn.add(id);
    add(
      before,
      id,
      `${version === '' ? '' : `  ${toOneLine(version)}`}${again ? '  (above)' : ''}${complete || again ? '' : '  …'}`,
    );
    if (again) continue;
    const places = next.map((child, index) => {
      const last = index === next.length - 1;
      return { id: child, before: below + (last ? '└─ ' : '├─ '), below: below + (last ? '   ' : '│  ') };
    });
    open.push(...places.reverse());
  }
  return lines.join('');
}
