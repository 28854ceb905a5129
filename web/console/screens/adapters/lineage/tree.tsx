import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { positiveShare, shareColor } from '../../../components/share-color.js';
import { VisibleText } from '../../../components/text-block.js';
import { useFormat, useMessages } from '../../../messages/messages.js';
import { adaptersMessages } from '../messages.js';
import { parentsOf } from './graph.js';
import type { LineageViewProps } from './picture.js';
import { type TreeItem, treeItems } from './tree-items.js';
import styles from './tree.module.css';

/** What the picture shows, as a tree that every screen reader knows. */
export function Tree({ graph, visible, collapsed, selected, onSelect, onOpen, onToggle }: LineageViewProps) {
  const texts = useMessages(adaptersMessages);
  const format = useFormat();
  const items = useMemo(() => treeItems(graph, visible, collapsed), [graph, visible, collapsed]);
  const list = useRef<HTMLDivElement>(null);
  // The address names an adapter; at which of its places the focus is, only the tree knows.
  const [key, setKey] = useState('');
  const current =
    items.find((item) => item.key === key && item.id === selected) ??
    items.find(({ id, standsUnder }) => id === selected && standsUnder === undefined) ??
    items[0];
  useEffect(() => {
    const element = list.current?.querySelector<HTMLElement>('[tabindex="0"]');
    element?.scrollIntoView({ block: 'nearest' });
    if (list.current?.contains(document.activeElement) === true) element?.focus();
  }, [current]);

  const go = (item: TreeItem | undefined): void => {
    if (item === undefined) return;
    setKey(item.key);
    onSelect(item.id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (current === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = items.indexOf(current);
    if (event.key === 'ArrowDown') go(items[place + 1]);
    else if (event.key === 'ArrowUp') go(items[place - 1]);
    else if (event.key === 'Home') go(items[0]);
    else if (event.key === 'End') go(items.at(-1));
    else if (event.key === 'Enter') onOpen(current.id);
    else if (event.key === ' ' && current.isExpanded !== undefined) onToggle(current.id);
    else if (event.key === 'ArrowRight' && current.isExpanded === false) onToggle(current.id);
    else if (event.key === 'ArrowRight' && current.isExpanded === true) go(items[place + 1]);
    else if (event.key === 'ArrowRight' && current.standsUnder !== undefined) {
      go(items.find(({ id, standsUnder }) => id === current.id && standsUnder === undefined));
    } else if (event.key === 'ArrowLeft' && current.isExpanded === true) onToggle(current.id);
    else if (event.key === 'ArrowLeft') go(items.find(({ key }) => key === current.parentKey));
    else return;
    event.preventDefault();
  };

  return (
    <div ref={list} role="tree" aria-label={texts.tree} className={styles['tree']} onKeyDown={onKeyDown}>
      {items.map((item) => {
        const adapter = graph.adapters.get(item.id);
        if (adapter === undefined) return null;
        const share = positiveShare(adapter.stats);
        const parents = parentsOf(graph, item.id);
        return (
          <div
            key={item.key}
            role="treeitem"
            aria-level={item.level}
            aria-posinset={item.position}
            aria-setsize={item.siblings}
            aria-expanded={item.isExpanded}
            aria-selected={item.id === selected}
            tabIndex={item === current ? 0 : -1}
            className={styles['item']}
            style={{ paddingLeft: `calc(var(--space-2) + ${Math.min(item.level - 1, 24)} * var(--indent))` }}
            onClick={() => go(item)}
            onDoubleClick={() => onOpen(item.id)}
          >
            <span
              aria-hidden="true"
              className={styles['arrow']}
              data-state={String(item.isExpanded)}
              onClick={(event) => {
                if (item.isExpanded === undefined) return;
                event.stopPropagation();
                onToggle(item.id);
              }}
            />
            <span
              aria-hidden="true"
              className={styles['disc']}
              data-judged={share !== undefined}
              {...(share !== undefined && { style: { background: shareColor(share) } })}
            />
            <span className={styles['name']}>
              <VisibleText text={item.id} />
            </span>
            <span className={styles['facts']}>
              {[
                ...(share === undefined ? [] : [format.percent(share)]),
                texts.entries(adapter.stats.totalFeedback),
                ...(item.standsUnder === undefined ? [] : [texts.alsoUnder(item.standsUnder)]),
                ...(item.standsUnder === undefined && parents.length > 1 ? [texts.mergeOf(parents)] : []),
              ].join(' · ')}
            </span>
          </div>
        );
      })}
    </div>
  );
}
