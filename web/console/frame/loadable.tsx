import { type ComponentType, useEffect, useState } from 'react';
import { Skeleton } from '../components/states.js';
import styles from './frame.module.css';

export interface Loadable<Props> {
  readonly component: ComponentType<Props>;
  /** Loads its code before it is shown. Never rejects: whoever shows it is told of what fails. */
  readonly preload: () => Promise<void>;
}

/**
 * A screen whose code is loaded when it is first shown, or before. It is not drawn by `lazy`: what React has shown in place
 * of code that is being loaded stays for 300 ms, however soon the code is there.
 */
export function loadable<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): Loadable<Props> {
  let loaded: ComponentType<Props> | undefined;
  function Component(props: Props) {
    const [Shown, setShown] = useState(() => loaded);
    const [failure, setFailure] = useState<unknown>();
    useEffect(() => {
      if (Shown !== undefined) return undefined;
      let isShown = true;
      load().then(
        ({ default: component }) => {
          loaded = component;
          if (isShown) setShown(() => component);
        },
        (error: unknown) => {
          if (isShown) setFailure(error);
        },
      );
      return () => {
        isShown = false;
      };
    }, [Shown]);
    if (failure !== undefined) throw new Error('The code of the screen could not be loaded', { cause: failure });
    return Shown === undefined ? <ScreenSkeleton /> : <Shown {...props} />;
  }
  return {
    component: Component,
    preload: async () => {
      try {
        loaded = (await load()).default;
      } catch {
        // It is loaded again when it is shown.
      }
    },
  };
}

function ScreenSkeleton() {
  return (
    <div className={styles['loading']}>
      <Skeleton lines={6} height={20} />
    </div>
  );
}
