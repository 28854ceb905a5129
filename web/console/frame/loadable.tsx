import { type ComponentType, lazy, useState } from 'react';

export interface Loadable<Props> {
  readonly component: ComponentType<Props>;
  /** Loads its code before it is shown. Never rejects: whoever shows it is told of what fails. */
  readonly preload: () => Promise<void>;
}

/**
 * A component whose code is loaded when it is first shown, or before. React shows nothing in place of code that is being
 * loaded for less than 300 ms, so a screen whose code is there is not drawn by `lazy`.
 */
export function loadable<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): Loadable<Props> {
  const Lazy = lazy(load);
  let loaded: ComponentType<Props> | undefined;
  function Component(props: Props) {
    // One that is mounted stays what it is.
    const [Shown] = useState<ComponentType<Props>>(() => loaded ?? Lazy);
    return <Shown {...props} />;
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
