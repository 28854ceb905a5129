import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Skeleton } from '../../../components/states.js';
import { useKeys } from '../../../keys/keys.js';
import { useMessages } from '../../../messages/messages.js';
import { adaptersMessages } from '../messages.js';
import { Card } from './card.js';
import { bestDirection } from './direction.js';
import { childrenOf, countDescendants, type LineageGraph, parentsOf } from './graph.js';
import { Legend } from './legend.js';
import { Lines } from './lines.js';
import { arrowOf, neighbour } from './neighbours.js';
import { type Box, usePanZoom } from './pan-zoom.js';
import styles from './picture.module.css';
import { CARD, type Direction } from './shape.js';
import { PictureTools } from './tools.js';
import { type Layout, useLayout } from './use-layout.js';

export interface LineageViewProps {
  readonly graph: LineageGraph;
  /** Ids of the adapters that are shown. */
  readonly visible: ReadonlySet<string>;
  readonly collapsed: ReadonlySet<string>;
  /** The id of the selected adapter; empty if there is none. */
  readonly selected: string;
  readonly onSelect: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onToggle: (id: string) => void;
  readonly onExpandAll: () => void;
}

/** The lineage as a drawing: cards in layers, parents before their children. */
export function Picture(props: LineageViewProps) {
  const { graph, visible, collapsed, selected, onSelect, onOpen, onToggle, onExpandAll } = props;
  const texts = useMessages(adaptersMessages);
  const svg = useRef<SVGSVGElement>(null);
  const content = useRef<SVGGElement>(null);
  const figure = useRef<HTMLElement>(null);
  const panZoom = usePanZoom(svg, content);
  // Once for a lineage: what was collapsed or selected turns nothing round.
  const [direction, setDirection] = useState<Direction>();
  useLayoutEffect(() => {
    const { clientWidth: width = 1, clientHeight: height = 1 } = figure.current ?? {};
    setDirection(bestDirection(graph, { width, height }));
  }, [graph]);
  const layout = useLayout(graph, visible, direction);
  const font = useMemo(() => getComputedStyle(document.body).fontFamily, []);
  const most = useMemo(
    () => Math.max(1, ...[...graph.adapters.values()].map(({ stats }) => stats.totalFeedback)),
    [graph],
  );

  // What was toggled stays where it is; another lineage is shown as a whole.
  const shown = useRef<{ readonly graph: LineageGraph; readonly layout: Layout }>(undefined);
  const anchor = useRef('');
  useLayoutEffect(() => {
    if (layout === undefined) return;
    const before = shown.current;
    const from = before && boxOf(before.layout, anchor.current);
    const to = boxOf(layout, anchor.current);
    if (before?.graph !== graph) panZoom.fit(layout);
    else if (from !== undefined && to !== undefined) panZoom.moveBy(from.x - to.x, from.y - to.y);
    shown.current = { graph, layout };
  }, [layout, graph, panZoom]);
  useEffect(() => {
    const box = layout && boxOf(layout, selected);
    if (box !== undefined) panZoom.reveal(box);
  }, [layout, selected, panZoom]);

  const toggle = useCallback(
    (id: string) => {
      anchor.current = id;
      onToggle(id);
    },
    [onToggle],
  );
  const showAll = (): void => {
    if (layout !== undefined) panZoom.fit(layout);
  };
  useKeys({
    '+': { label: texts.zoomIn, run: () => panZoom.zoomBy(1.3) },
    '-': { label: texts.zoomOut, run: () => panZoom.zoomBy(1 / 1.3) },
    '0': { label: texts.fit, run: showAll },
    'Shift+E': { label: texts.keys.all, run: onExpandAll },
  });
  const first = visible.has(selected) ? selected : (graph.roots[0] ?? '');
  const onKeyDown = (event: KeyboardEvent): void => {
    const id = event.target instanceof Element ? event.target.getAttribute('data-id') : null;
    if (id === null || layout === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = arrowOf(event.key);
    if (arrow !== undefined) onSelect(neighbour(graph, layout, id, arrow) ?? id);
    else if (event.key === 'Home') onSelect(graph.roots[0] ?? id);
    else if (event.key === 'Enter') onOpen(id);
    else if (event.key === ' ' && childrenOf(graph, id).length > 0) toggle(id);
    else if (event.key !== ' ') return;
    event.preventDefault();
  };

  return (
    <figure ref={figure} className={styles['picture']}>
      <PictureTools
        {...{ content, figure, layout, graph, panZoom, onExpandAll }}
        onFit={showAll}
        canExpand={collapsed.size > 0}
      />
      {layout === undefined && (
        <div className={styles['waiting']}>
          <Skeleton lines={6} height={48} />
        </div>
      )}
      <svg
        ref={svg}
        role="group"
        aria-label={texts.picture}
        aria-description={texts.pictureAdvice}
        className={styles['drawing']}
        data-ready={layout !== undefined}
        onKeyDown={onKeyDown}
      >
        <g ref={content} className={styles['content']}>
          {layout !== undefined && (
            <>
              <Lines layout={layout} selected={selected} />
              {layout.ids.map((id, number) => {
                const adapter = graph.adapters.get(id);
                const [x, y] = layout.places[number] ?? [0, 0];
                if (adapter === undefined) return null;
                return (
                  <Card
                    key={id}
                    {...{ adapter, x, y, most, font, onSelect, onOpen }}
                    direction={layout.direction}
                    parentCount={parentsOf(graph, id).length}
                    childCount={childrenOf(graph, id).length}
                    hiddenCount={collapsed.has(id) ? countDescendants(graph, id) : undefined}
                    isSelected={id === selected}
                    isFirst={id === first}
                    onToggle={toggle}
                  />
                );
              })}
            </>
          )}
        </g>
      </svg>
      <Legend most={most} />
    </figure>
  );
}

function boxOf({ ids, places }: Layout, id: string): Box | undefined {
  const place = places[ids.indexOf(id)];
  return place && { x: place[0] - CARD.width / 2, y: place[1] - CARD.height / 2, ...CARD };
}
