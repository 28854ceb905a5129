import type { Store } from '../store/contract.js';
import type { Application } from './application.js';

/**
 * `/health/live`: the process answers. `/health/ready`: it also takes writes. Both without a token. A validation plugin
 * that keeps failing is named: the server goes on, and what the plugin should validate is flagged.
 */
export function healthRoutes(application: Application, store: Store, failingPlugins: () => readonly string[]): void {
  application.get('/health/live', { config: { public: true } }, () => ({ status: 'ok' }));

  application.get('/health/ready', { config: { public: true } }, (_request, reply) => {
    const { writable } = store.health;
    const failing = failingPlugins();
    return reply.code(writable ? 200 : 503).send({
      status: writable ? 'ok' : 'unavailable',
      store: writable ? 'ok' : 'not writable',
      ...(failing.length === 0 ? {} : { failing_validation_plugins: failing }),
    });
  });
}
