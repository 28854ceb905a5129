import type { Store } from '../store/contract.js';
import type { Application } from './application.js';

/** `/health/live`: the process answers. `/health/ready`: it also takes writes. Both without a token. */
export function healthRoutes(application: Application, store: Store): void {
  application.get('/health/live', { config: { public: true } }, () => ({ status: 'ok' }));

  application.get('/health/ready', { config: { public: true } }, (_request, reply) => {
    const { writable } = store.health;
    return reply
      .code(writable ? 200 : 503)
      .send({ status: writable ? 'ok' : 'unavailable', store: writable ? 'ok' : 'not writable' });
  });
}
