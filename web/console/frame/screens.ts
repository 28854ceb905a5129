/** Every screen: what it needs, and where its code is. */
import type { IconName } from '../components/icon.js';
import type { RouteName, RouteProps } from '../router/routes.js';
import type { Permission } from '../session/session.js';
import { type Loadable, loadable } from './loadable.js';

export interface ScreenEntry<Name extends RouteName> extends Loadable<RouteProps<Name>> {
  /** One of these is needed; whoever has none does not see the screen. */
  readonly anyOf: readonly Permission[];
}

const READ_FEEDBACK: readonly Permission[] = ['feedback:read'];
const READ_ADAPTERS: readonly Permission[] = ['adapters:read'];
const READ_TRAINING: readonly Permission[] = ['training:read'];

export const SCREENS: { readonly [Name in RouteName]: ScreenEntry<Name> } = {
  overview: { anyOf: [], ...loadable(() => import('../screens/overview/overview.js')) },
  feedback: {
    anyOf: ['feedback:read', 'feedback:read:own'],
    ...loadable(() => import('../screens/feedback/feedback.js')),
  },
  entry: { anyOf: ['feedback:read', 'feedback:read:own'], ...loadable(() => import('../screens/entry/entry.js')) },
  review: { anyOf: ['feedback:review'], ...loadable(() => import('../screens/review/review.js')) },
  adapters: { anyOf: READ_ADAPTERS, ...loadable(() => import('../screens/adapters/adapters.js')) },
  adapter: { anyOf: READ_ADAPTERS, ...loadable(() => import('../screens/adapter/adapter.js')) },
  compare: { anyOf: READ_FEEDBACK, ...loadable(() => import('../screens/compare/compare.js')) },
  training: { anyOf: READ_TRAINING, ...loadable(() => import('../screens/training/training.js')) },
  newBatch: { anyOf: ['training:write'], ...loadable(() => import('../screens/new-batch/new-batch.js')) },
  batch: { anyOf: READ_TRAINING, ...loadable(() => import('../screens/batch/batch.js')) },
  audit: { anyOf: ['audit:read'], ...loadable(() => import('../screens/audit/audit.js')) },
  settings: { anyOf: [], ...loadable(() => import('../screens/settings/settings.js')) },
};

/** Loads the code of the screens that somebody can see, for when they are shown. */
export async function preloadScreens(can: (...anyOf: readonly Permission[]) => boolean): Promise<void> {
  for (const { anyOf, preload } of Object.values(SCREENS)) if (anyOf.length === 0 || can(...anyOf)) await preload();
}

export type RailName = 'overview' | 'feedback' | 'review' | 'adapters' | 'training' | 'audit' | 'settings';

export interface RailEntry {
  readonly name: RailName;
  readonly icon: IconName;
  readonly holds: readonly RouteName[];
}

/** The entries of the rail, with the screens that belong to each. */
export const RAIL: readonly RailEntry[] = [
  { name: 'overview', icon: 'overview', holds: ['overview'] },
  { name: 'feedback', icon: 'feedback', holds: ['feedback', 'entry'] },
  { name: 'review', icon: 'review', holds: ['review'] },
  { name: 'adapters', icon: 'adapters', holds: ['adapters', 'adapter', 'compare'] },
  { name: 'training', icon: 'training', holds: ['training', 'newBatch', 'batch'] },
  { name: 'audit', icon: 'audit', holds: ['audit'] },
  { name: 'settings', icon: 'settings', holds: ['settings'] },
];
