import styles from './key-hint.module.css';

const NAMES: Readonly<Record<string, string>> = {
  $mod: /mac/i.test(navigator.userAgent) ? '⌘' : 'Ctrl',
  Enter: '↵',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** Keys in the notation of tinykeys, as they stand on the keyboard. */
export function KeyHint({ keys }: { readonly keys: string }) {
  return (
    <span className={styles['keys']}>
      {keys.split(/[+ ]/).map((press, place) => (
        <kbd key={place}>{NAMES[press] ?? (press.length === 1 ? press.toUpperCase() : press)}</kbd>
      ))}
    </span>
  );
}
