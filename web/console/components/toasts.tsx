/** Short news at the edge of the window, which screen readers say: what has been done, with a way back where there is one. */
import { useEffect, useSyncExternalStore } from 'react';
import { useMessages } from '../messages/messages.js';
import { Button, IconButton } from './button.js';
import { Icon } from './icon.js';
import { commonMessages } from './messages.js';
import styles from './toasts.module.css';

export interface Toast {
  readonly text: string;
  readonly tone?: 'neutral' | 'negative';
  /** As "Undo"; a toast with an action stays until it is used or closed. */
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Whether it stays until it is closed, as what somebody must not miss. */
  readonly stays?: boolean;
}

interface ShownToast extends Toast {
  readonly id: number;
}

const SHOWN_FOR = 6_000;
const MAX_SHOWN = 4;

let shown: readonly ShownToast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(toasts: readonly ShownToast[]): void {
  shown = toasts;
  for (const listener of listeners) listener();
}

/** Shows a toast; the answer takes it away again. */
export function showToast(toast: Toast): () => void {
  lastId += 1;
  const id = lastId;
  change([...shown, { ...toast, id }].slice(-MAX_SHOWN));
  return () => closeToast(id);
}

function closeToast(id: number): void {
  change(shown.filter((toast) => toast.id !== id));
}

export function clearToasts(): void {
  change([]);
}

/** The region of the toasts; the frame has one. */
export function Toasts() {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <div aria-live="polite" className={styles['region']}>
      {toasts.map((toast) => (
        <ToastView key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastView({ toast }: { readonly toast: ShownToast }) {
  const { close } = useMessages(commonMessages);
  const { id, text, tone, action, stays = action !== undefined } = toast;
  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(() => closeToast(id), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [id, stays]);
  return (
    <div className={styles['toast']} data-tone={tone}>
      <span>{text}</span>
      {action !== undefined && (
        <Button
          size="small"
          onClick={() => {
            closeToast(id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton label={close} size="small" onClick={() => closeToast(id)}>
        <Icon name="close" size={12} />
      </IconButton>
    </div>
  );
}
