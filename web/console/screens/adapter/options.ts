import { choice, searchCodec } from '../../router/search.js';

export const TABS = ['versions', 'days', 'feedback', 'relatives', 'training', 'stages', 'card', 'config'] as const;
export type TabName = (typeof TABS)[number];

export const RANGES = ['7', '28', '90', '365'] as const;
export const LOOKS = ['chart', 'table'] as const;

/** What the address of the screen says. */
export const codec = searchCodec({
  tab: choice(TABS, 'versions'),
  range: choice(RANGES, '28'),
  look: choice(LOOKS, 'chart'),
});
