import type { Signal } from '../config/telemetry.js';
import type { Delivered } from './exporters.js';

export interface DeliveryLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Logs when a signal cannot be delivered any more, and when it can again: one line each, however long that takes. */
export function deliveryLog(logger: DeliveryLogger): Delivered {
  const failing = new Set<Signal>();
  return (signal, error) => {
    if (error === undefined) {
      if (failing.delete(signal)) logger.info({ signal }, 'telemetry is delivered again');
      return;
    }
    if (failing.has(signal)) return;
    failing.add(signal);
    logger.warn({ signal, reason: reasonOf(error) }, 'telemetry cannot be delivered: some of it will be lost');
  };
}

/** A code or a status; the message may have the address, and that a password. */
function reasonOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? String(code) : error.name;
}
