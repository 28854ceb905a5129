import { Screen } from '../../components/screen.js';
import { useMessages } from '../../messages/messages.js';
import { newBatchMessages } from './messages.js';

export default function NewBatchScreen() {
  const { title } = useMessages(newBatchMessages);
  return <Screen title={title} />;
}
