import { Screen } from '../../components/screen.js';
import { useMessages } from '../../messages/messages.js';
import { trainingMessages } from './messages.js';

export default function TrainingScreen() {
  const { title } = useMessages(trainingMessages);
  return <Screen title={title} />;
}
