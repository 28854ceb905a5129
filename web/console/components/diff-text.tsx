import { diffWordsWithSpace } from 'diff';
import { useMemo } from 'react';
import styles from './diff-text.module.css';
import { VisibleText } from './text-block.js';

/** A comparison that takes longer is given up, ms: the new text stands alone then. */
const TIMEOUT = 200;

/** The new text, with what it has and has not in common with the old one, word by word. */
export function DiffText({ before, after }: { readonly before: string; readonly after: string }) {
  const parts = useMemo(
    () => diffWordsWithSpace(before, after, { timeout: TIMEOUT }) ?? [{ value: after, added: false, removed: false }],
    [before, after],
  );
  return (
    <div dir="auto" className={styles['diff']}>
      {parts.map(({ value, added, removed }, place) => {
        const Element = added ? 'ins' : removed ? 'del' : 'span';
        return (
          <Element key={place}>
            <VisibleText text={value} />
          </Element>
        );
      })}
    </div>
  );
}
