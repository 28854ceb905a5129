import { useApiQuery } from '../../api/hooks.js';
import { Badge } from '../../components/badge.js';
import { Facts } from '../../components/facts.js';
import { Panel } from '../../components/panel.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { Time } from '../../components/time.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { PluginsDocument } from './documents.generated.js';
import { settingsMessages } from './messages.js';
import styles from './settings.module.css';

/** What each validation plugin has done. */
export function PluginsPanel() {
  const texts = useMessages(settingsMessages);
  const format = useFormat();
  const answer = useApiQuery(PluginsDocument, {}, { refreshes: true });
  if (answer.state === 'loading') return <Skeleton lines={8} height={28} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const { validationPlugins } = answer.data;
  if (validationPlugins.length === 0) return <EmptyState title={texts.noPlugins}>{texts.noPluginsAdvice}</EmptyState>;
  return (
    <div className={styles['panel']}>
      <p className={styles['note']}>{texts.pluginsNote}</p>
      {validationPlugins.map((plugin, place) => (
        <Panel
          key={place}
          title={[plugin.name, plugin.version].filter((part) => part != null).join(' ')}
          actions={
            <>
              {plugin.asynchronous && <Badge>{texts.background}</Badge>}
              <Badge tone={plugin.failing ? 'negative' : 'positive'}>
                {plugin.failing ? texts.failing : texts.healthy}
              </Badge>
            </>
          }
        >
          {plugin.description != null && <p className={styles['note']}>{plugin.description}</p>}
          <Facts
            items={[
              [texts.plugin.accepted, format.number(plugin.acceptedCount)],
              [texts.plugin.flagged, format.number(plugin.flaggedCount)],
              [texts.plugin.rejected, format.number(plugin.rejectedCount)],
              [texts.plugin.modified, format.number(plugin.modifiedCount)],
              [texts.plugin.failed, format.number(plugin.failureCount)],
              [texts.plugin.timedOut, format.number(plugin.timeoutCount)],
              [texts.plugin.average, texts.milliseconds(plugin.averageMilliseconds)],
              [texts.plugin.longest, texts.milliseconds(plugin.longestMilliseconds)],
            ]}
          />
          {plugin.lastFailureAt != null && (
            <p className={styles['note']}>
              {texts.lastFailure} <Time at={plugin.lastFailureAt} />: <span lang="en">{plugin.lastFailureReason}</span>
            </p>
          )}
        </Panel>
      ))}
    </div>
  );
}
