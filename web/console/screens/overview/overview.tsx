import { Screen } from '../../components/screen.js';
import { useMessages } from '../../messages/messages.js';
import { overviewMessages } from './messages.js';

export default function OverviewScreen() {
  const { title } = useMessages(overviewMessages);
  return <Screen title={title} />;
}
