import { type JsonObject, textIn } from '../client.js';

/** The fields of an adapter that {@link methodRows} shows. */
export const METHOD_FIELDS = 'peftType rank loraAlpha targetModules datasets';

/** How an adapter was trained, as far as that is known. */
export function methodRows(adapter: JsonObject): (readonly [string, string])[] {
  return [
    ['method', textIn(adapter, 'peftType')],
    ['rank', textIn(adapter, 'rank')],
    ['alpha', textIn(adapter, 'loraAlpha')],
    ['target modules', listIn(adapter, 'targetModules')],
    ['datasets', listIn(adapter, 'datasets')],
  ];
}

function listIn(object: JsonObject, field: string): string {
  const value = object[field];
  return Array.isArray(value) ? value.map(String).join(', ') : '';
}
