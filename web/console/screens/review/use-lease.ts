import { useEffect, useRef, useState } from 'react';
import type { Sitting } from './sitting.js';

/** How often is looked whether to renew, and how long somebody counts as active after the last key or movement, ms. */
const LOOK_EVERY = 30_000;
const ACTIVE_FOR = 5 * 60_000;

const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchmove'] as const;

/**
 * Renews what is held while somebody is active. What has run out stays so until the reviewer asks for it: meanwhile it is
 * anybody's.
 */
export function useRenewal(sitting: Sitting): void {
  const lastSign = useRef(Date.now());
  useEffect(() => {
    const note = (): void => {
      lastSign.current = Date.now();
    };
    const look = (): void => {
      const now = Date.now();
      const { items } = sitting.state();
      const isHolding = items.some(({ state, heldUntil }) => state.kind === 'open' && heldUntil > now);
      if (isHolding && now - lastSign.current < ACTIVE_FOR) void sitting.renew();
    };
    for (const sign of SIGNS) addEventListener(sign, note, { passive: true, capture: true });
    const timer = setInterval(look, LOOK_EVERY);
    return () => {
      for (const sign of SIGNS) removeEventListener(sign, note, { capture: true });
      clearInterval(timer);
    };
  }, [sitting]);
}

/** What is left of a claim, ms, in steps that matter to who reads it; 0 once it has run out. */
export function useTimeLeft(heldUntil: number): number {
  const [now, setNow] = useState(Date.now);
  const left = Math.max(0, heldUntil - now);
  useEffect(() => {
    const current = Math.max(0, heldUntil - Date.now());
    if (current === 0) {
      if (left > 0) setNow(Date.now());
      return;
    }
    // By the second in the last two minutes, by the minute before.
    const step = current > 120_000 ? current % 60_000 || 60_000 : 1_000;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(step, current) + 5);
    return () => clearTimeout(timer);
  }, [heldUntil, now, left]);
  return left;
}
