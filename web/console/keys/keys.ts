/**
 * The keys of the screen that is shown. Each is registered with what it does, so that `?` can tell. A key never fires
 * while somebody types, composes a character or has a dialog open.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { tinykeys } from 'tinykeys';

export interface KeyBinding {
  /** What the key does, for the list that `?` shows. */
  readonly label: string;
  readonly run: () => void;
  /** Whether it also fires while somebody types, which only a combination with Ctrl or Cmd (`$mod+…`) may. */
  readonly whileTyping?: boolean;
}

/** By key in the notation of tinykeys: `j`, `Shift+X`, `g f` (one after the other), `$mod+Enter`. */
export type KeyBindings = Readonly<Record<string, KeyBinding>>;

let registered: readonly KeyBindings[] = [];
const listeners = new Set<() => void>();

function register(bindings: KeyBindings): () => void {
  registered = [...registered, bindings];
  for (const listener of listeners) listener();
  return () => {
    registered = registered.filter((other) => other !== bindings);
    for (const listener of listeners) listener();
  };
}

/** All keys that work now, those of the frame first. */
export function useRegisteredKeys(): readonly (readonly [key: string, label: string])[] {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => registered,
  );
  const labels = new Map(all.flatMap((bindings) => Object.entries(bindings).map(([key, { label }]) => [key, label])));
  return [...labels];
}

const TYPING = 'input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable="true"]';

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.closest(TYPING) !== null;
}

/** Menus and lists of choices take letters as the beginning of a choice. */
const TAKES_KEYS = '[role=dialog]:not([hidden]), [role=menu]:not([hidden]), [role=listbox][data-open]';

function isElsewhere(): boolean {
  return document.querySelector(TAKES_KEYS) !== null;
}

/** Registers keys as long as the component is shown and `enabled`. */
export function useKeys(bindings: KeyBindings, enabled = true): void {
  // The newest functions without registering anew at every drawing.
  const newest = useRef(bindings);
  useEffect(() => {
    newest.current = bindings;
  });
  const signature = Object.entries(bindings)
    .map(([key, { label }]) => `${key}\n${label}`)
    .join('\n\n');
  useEffect(() => {
    if (!enabled) return;
    const shown = newest.current;
    const handlers = Object.keys(shown).flatMap((key) => {
      const handle = (event: KeyboardEvent): void => {
        const binding = newest.current[key];
        if (binding === undefined || event.defaultPrevented || event.isComposing || isElsewhere()) return;
        if (isTyping(event) && !(binding.whileTyping === true && key.startsWith('$mod+'))) return;
        event.preventDefault();
        binding.run();
      };
      // Where a question mark is, and whether with Shift, depends on the keyboard.
      const presses = key === '?' ? ['?', 'Shift+?'] : [key];
      return presses.map((press) => [press, handle] as const);
    });
    const stop = tinykeys(window, Object.fromEntries(handlers));
    const unregister = register(shown);
    return () => {
      stop();
      unregister();
    };
  }, [signature, enabled]);
}
