import { Screen } from '../../components/screen.js';
import { useMessages } from '../../messages/messages.js';
import { batchMessages } from './messages.js';

export default function BatchScreen() {
  const { title } = useMessages(batchMessages);
  return <Screen title={title} />;
}
