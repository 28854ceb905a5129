import * as Ariakit from '@ariakit/react';
import type { ReactElement, ReactNode } from 'react';
import styles from './tooltip.module.css';

/** A hint on what can be focused, shown on hovering and on focus. It repeats or adds; nothing is only there. */
export function Tooltip({ text, children }: { readonly text: ReactNode; readonly children: ReactElement }) {
  return (
    <Ariakit.TooltipProvider timeout={400}>
      <Ariakit.TooltipAnchor render={children} />
      <Ariakit.Tooltip className={styles['tooltip']} gutter={4} portal unmountOnHide>
        {text}
      </Ariakit.Tooltip>
    </Ariakit.TooltipProvider>
  );
}
