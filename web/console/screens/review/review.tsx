import { Screen } from '../../components/screen.js';
import { useMessages } from '../../messages/messages.js';
import { reviewMessages } from './messages.js';

export default function ReviewScreen() {
  const { title } = useMessages(reviewMessages);
  return <Screen title={title} />;
}
