import { Screen } from '../../components/screen.js';
import { useMessages } from '../../messages/messages.js';
import { adaptersMessages } from './messages.js';

export default function AdaptersScreen() {
  const { title } = useMessages(adaptersMessages);
  return <Screen title={title} />;
}
