import { useApiQuery } from '../../api/hooks.js';
import { Facts } from '../../components/facts.js';
import { Panel } from '../../components/panel.js';
import { ErrorState, Skeleton } from '../../components/states.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { ServerDocument, type ServerQuery } from './documents.generated.js';
import { settingsMessages } from './messages.js';
import styles from './settings.module.css';

type Limits = NonNullable<ServerQuery['server']['limits']>;

const NAMES = [
  'userRequestsPerMinute',
  'organizationRequestsPerHour',
  'expensiveCallsPerMinute',
  'requestBytes',
  'responseBytes',
  'textCharacters',
  'entryBytes',
  'operationDepth',
  'operationCost',
  'connectionsPerUser',
  'subscriptionsPerUser',
  'trainingBatchEntries',
] as const satisfies readonly (keyof Limits)[];

const OFF_IF_ZERO: ReadonlySet<keyof Limits> = new Set([
  'userRequestsPerMinute',
  'organizationRequestsPerHour',
  'expensiveCallsPerMinute',
]);

/** Which server answers, and what it takes at most. */
export function ServerPanel() {
  const texts = useMessages(settingsMessages);
  const format = useFormat();
  const answer = useApiQuery(ServerDocument, {});
  if (answer.state === 'loading') return <Skeleton lines={10} height={24} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const { version, limits } = answer.data.server;
  const show = (name: keyof Limits, value: number): string => {
    if (value === 0 && OFF_IF_ZERO.has(name)) return texts.noLimit;
    return name.endsWith('Bytes') ? format.bytes(value) : format.number(value);
  };
  return (
    <div className={styles['panel']}>
      <Panel title={texts.server}>
        <Facts items={[[texts.version, version]]} />
        {limits != null && (
          <dl className={styles['limits']}>
            {NAMES.map((name) => (
              <div key={name} className={styles['limit']}>
                <dt>{texts.limits[name]}</dt>
                <dd>{show(name, limits[name])}</dd>
              </div>
            ))}
          </dl>
        )}
        <p className={styles['note']}>{texts.serverNote}</p>
      </Panel>
    </div>
  );
}
