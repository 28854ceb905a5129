/** Every screen: what it needs, and where its code is. Each is loaded when it is first shown. */
import { type ComponentType, lazy } from 'react';
import type { IconName } from '../components/icon.js';
import type { RouteName, RouteProps } from '../router/routes.js';
import type { Permission } from '../session/session.js';

export interface ScreenEntry<Name extends RouteName> {
  /** One of these is needed; whoever has none does not see the screen. */
  readonly anyOf: readonly Permission[];
  readonly component: ComponentType<RouteProps<Name>>;
}

const READ_FEEDBACK: readonly Permission[] = ['feedback:read'];
const READ_ADAPTERS: readonly Permission[] = ['adapters:read'];
const READ_TRAINING: readonly Permission[] = ['training:read'];

export const SCREENS: { readonly [Name in RouteName]: ScreenEntry<Name> } = {
  overview: { anyOf: [], component: lazy(() => import('../screens/overview/overview.js')) },
  feedback: {
    anyOf: ['feedback:read', 'feedback:read:own'],
    component: lazy(() => import('../screens/feedback/feedback.js')),
  },
  entry: { anyOf: ['feedback:read', 'feedback:read:own'], component: lazy(() => import('../screens/entry/entry.js')) },
  review: { anyOf: ['feedback:review'], component: lazy(() => import('../screens/review/review.js')) },
  adapters: { anyOf: READ_ADAPTERS, component: lazy(() => import('../screens/adapters/adapters.js')) },
  adapter: { anyOf: READ_ADAPTERS, component: lazy(() => import('../screens/adapter/adapter.js')) },
  compare: { anyOf: READ_FEEDBACK, component: lazy(() => import('../screens/compare/compare.js')) },
  training: { anyOf: READ_TRAINING, component: lazy(() => import('../screens/training/training.js')) },
  newBatch: { anyOf: ['training:write'], component: lazy(() => import('../screens/new-batch/new-batch.js')) },
  batch: { anyOf: READ_TRAINING, component: lazy(() => import('../screens/batch/batch.js')) },
  audit: { anyOf: ['audit:read'], component: lazy(() => import('../screens/audit/audit.js')) },
  settings: { anyOf: [], component: lazy(() => import('../screens/settings/settings.js')) },
};

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
