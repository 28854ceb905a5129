import { Component, type ReactNode } from 'react';
import { Button } from '../components/button.js';
import { commonMessages } from '../components/messages.js';
import { Screen } from '../components/screen.js';
import { EmptyState } from '../components/states.js';
import { useMessages } from '../messages/messages.js';
import { frameMessages } from './messages.js';

interface Props {
  readonly children: ReactNode;
}

/** Keeps a screen that fails from taking the others with it. */
export class ErrorBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const texts = useMessages(frameMessages);
  const { reload } = useMessages(commonMessages);
  return (
    <Screen title={texts.crashed}>
      <EmptyState
        title={texts.crashedAdvice}
        // The server may have been upgraded, so that the code of the screen has another name now.
        action={<Button onClick={() => location.reload()}>{reload}</Button>}
      />
    </Screen>
  );
}
