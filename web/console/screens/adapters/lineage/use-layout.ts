import { useEffect, useMemo, useRef, useState } from 'react';
import { childrenOf, type LineageGraph } from './graph.js';
import type { LayoutRequest, LayoutResult } from './layout.js';
import type { LayoutAnswer, LayoutMessage } from './layout.worker.js';
import type { Direction } from './shape.js';

export interface Layout extends LayoutResult {
  readonly direction: Direction;
  /** The adapter at each place. */
  readonly ids: readonly string[];
  /** The two ends of each line. */
  readonly ends: readonly (readonly [parent: string, child: string])[];
}

/** Layouts that were made, so that opening again what was closed takes no time. */
const MAX_KEPT = 20;
const kept = new Map<string, LayoutResult>();

/** Where the visible adapters are drawn. While a layout is made, the one before stays; undefined before the first, for which the direction must be known. */
export function useLayout(
  graph: LineageGraph,
  visible: ReadonlySet<string>,
  direction: Direction | undefined,
): Layout | undefined {
  const wanted = useMemo(() => direction && prepare(graph, visible, direction), [graph, visible, direction]);
  const worker = useRef<Worker>(undefined);
  const [made, setMade] = useState<Layout>();
  useEffect(
    () => () => {
      worker.current?.terminate();
      worker.current = undefined;
    },
    [],
  );
  useEffect(() => {
    if (wanted === undefined) return;
    const { key, request, ids, ends } = wanted;
    const finish = (result: LayoutResult): void => setMade({ ...result, direction: request.direction, ids, ends });
    const known = kept.get(key);
    if (known !== undefined) {
      finish(known);
      return;
    }
    worker.current ??= new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
    const running = worker.current;
    const listen = ({ data }: MessageEvent<LayoutAnswer>): void => {
      keep(data.key, data.result);
      if (data.key === key) finish(data.result);
    };
    running.addEventListener('message', listen);
    running.postMessage({ key, request } satisfies LayoutMessage);
    return () => running.removeEventListener('message', listen);
  }, [wanted]);
  return made;
}

function keep(key: string, result: LayoutResult): void {
  kept.set(key, result);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}

interface Prepared {
  readonly key: string;
  readonly request: LayoutRequest;
  readonly ids: readonly string[];
  readonly ends: readonly (readonly [parent: string, child: string])[];
}

function prepare(graph: LineageGraph, visible: ReadonlySet<string>, direction: Direction): Prepared {
  const ids = [...visible];
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const edges: [number, number][] = [];
  const ends: [string, string][] = [];
  for (const [parent, id] of ids.entries()) {
    for (const childId of childrenOf(graph, id)) {
      const child = numbers.get(childId);
      if (child === undefined) continue;
      edges.push([parent, child]);
      ends.push([id, childId]);
    }
  }
  // The shape alone decides where things are.
  const request = { count: ids.length, direction, edges };
  return { key: `${direction}${ids.length}:${edges.join(' ')}`, request, ids, ends };
}
