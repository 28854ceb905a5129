import { Screen } from '../../components/screen.js';
import { useMessages } from '../../messages/messages.js';
import { settingsMessages } from './messages.js';

export default function SettingsScreen() {
  const { title } = useMessages(settingsMessages);
  return <Screen title={title} />;
}
