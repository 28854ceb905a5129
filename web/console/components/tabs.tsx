import * as Ariakit from '@ariakit/react';
import type { ReactNode } from 'react';
import styles from './tabs.module.css';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

export interface TabsProps<Id extends string> {
  /** What the tabs are of, for screen readers. */
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  /** From the address, so that a reload shows the same tab. */
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
  /** Of the element around the list and what is shown, where they are laid out in another way. */
  readonly className?: string | undefined;
}

export function Tabs<Id extends string>({
  label,
  tabs,
  selected,
  onSelect,
  className = styles['tabs'],
}: TabsProps<Id>) {
  return (
    <Ariakit.TabProvider
      selectedId={selected}
      setSelectedId={(id) => {
        const tab = tabs.find((other) => other.id === id);
        if (tab !== undefined) onSelect(tab.id);
      }}
    >
      <div className={className}>
        <Ariakit.TabList aria-label={label} className={styles['list']}>
          {tabs.map((tab) => (
            <Ariakit.Tab key={tab.id} id={tab.id} className={styles['tab']}>
              {tab.label}
            </Ariakit.Tab>
          ))}
        </Ariakit.TabList>
        {tabs.map((tab) => (
          <Ariakit.TabPanel key={tab.id} tabId={tab.id} unmountOnHide className={styles['panel']}>
            {tab.content}
          </Ariakit.TabPanel>
        ))}
      </div>
    </Ariakit.TabProvider>
  );
}
