import { Screen } from '../../components/screen.js';
import { IgnoredFilters } from '../../components/states.js';
import { Tabs } from '../../components/tabs.js';
import { useMessages } from '../../messages/messages.js';
import { choice, searchCodec, useSearch } from '../../router/search.js';
import { useSession } from '../../session/session.js';
import { AccountPanel } from './account-panel.js';
import { settingsMessages } from './messages.js';
import { PluginsPanel } from './plugins-panel.js';
import { ServerPanel } from './server-panel.js';
import { TokensPanel } from './tokens-panel.js';
import { WebhooksPanel } from './webhooks-panel.js';

const TABS = ['account', 'server', 'plugins', 'tokens', 'webhooks'] as const;

const codec = searchCodec({ tab: choice(TABS, 'account') });

export default function SettingsScreen() {
  const texts = useMessages(settingsMessages);
  const { can } = useSession();
  const [{ tab }, change, ignored] = useSearch(codec);
  const allowed = {
    account: true,
    server: can('feedback:read', 'org:admin', 'server:operate'),
    plugins: can('server:operate'),
    tokens: can('tokens:issue', 'org:admin'),
    webhooks: can('org:admin'),
  } as const;
  const panels = {
    account: AccountPanel,
    server: ServerPanel,
    plugins: PluginsPanel,
    tokens: TokensPanel,
    webhooks: WebhooksPanel,
  } as const;
  const shown = TABS.filter((name) => allowed[name]);
  return (
    <Screen title={texts.title}>
      <IgnoredFilters names={allowed[tab] ? ignored : [...ignored, 'tab']} />
      <Tabs
        label={texts.tabList}
        selected={allowed[tab] ? tab : 'account'}
        onSelect={(chosen) => change({ tab: chosen })}
        tabs={shown.map((id) => {
          const Panel = panels[id];
          return { id, label: texts.tabs[id], content: <Panel /> };
        })}
      />
    </Screen>
  );
}
