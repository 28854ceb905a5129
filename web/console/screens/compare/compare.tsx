import { Screen } from '../../components/screen.js';
import { useMessages } from '../../messages/messages.js';
import { compareMessages } from './messages.js';

export default function CompareScreen() {
  const { title } = useMessages(compareMessages);
  return <Screen title={title} />;
}
