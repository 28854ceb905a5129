import { Screen } from '../../components/screen.js';
import { useMessages } from '../../messages/messages.js';
import { adapterMessages } from './messages.js';

export default function AdapterScreen() {
  const { title } = useMessages(adapterMessages);
  return <Screen title={title} />;
}
