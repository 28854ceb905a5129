/** Tells when a list is scrolled so fast that nobody reads its rows. */
import { type RefObject, useEffect, useState } from 'react';

/** Scrolling stands still after this, ms. */
const PAUSE = 120;

/**
 * True from the second move in a row by more than half of what is seen, until scrolling slows down or ends. One jump, as of
 * `PageDown` or `End`, is none: what it leads to is read.
 */
export function useFlying(scroller: RefObject<HTMLElement | null>): boolean {
  const [isFlying, setFlying] = useState(false);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let before = element.scrollTop;
    let jumps = 0;
    let pause: number | undefined;
    const land = (): void => {
      jumps = 0;
      setFlying(false);
    };
    const follow = (): void => {
      const moved = Math.abs(element.scrollTop - before);
      before = element.scrollTop;
      jumps = moved > element.clientHeight / 2 ? jumps + 1 : 0;
      setFlying(jumps > 1);
      window.clearTimeout(pause);
      pause = window.setTimeout(land, PAUSE);
    };
    element.addEventListener('scroll', follow, { passive: true });
    return () => {
      element.removeEventListener('scroll', follow);
      window.clearTimeout(pause);
    };
  }, [scroller]);
  return isFlying;
}
