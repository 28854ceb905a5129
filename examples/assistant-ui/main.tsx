import {
  ActionBarPrimitive,
  AssistantRuntimeProvider,
  type ChatModelAdapter,
  ComposerPrimitive,
  MessagePrimitive,
  ThreadPrimitive,
  useLocalRuntime,
} from '@assistant-ui/react';
import { createSubmitter, tokenFrom } from '@feedback-graph/client/submit';
import { useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createFeedbackAdapter } from './feedback-adapter.js';

/** In place of a model. */
const model: ChatModelAdapter = {
  run: ({ messages }) => {
    const text =
      messages
        .at(-1)
        ?.content.map((part) => (part.type === 'text' ? part.text : ''))
        .join('') ?? '';
    return Promise.resolve({ content: [{ type: 'text', text: `You asked: ${text}` }] });
  },
};

const url = document.querySelector<HTMLMetaElement>('meta[name=feedback-url]')?.content ?? '';
const submitter = createSubmitter({ url, token: tokenFrom('/feedback-token') });

function App() {
  const [problem, setProblem] = useState('');
  const thread = useRef<ReturnType<typeof useLocalRuntime>['thread']>(undefined);
  const feedback = useMemo(
    () =>
      createFeedbackAdapter({
        submitter,
        messages: () => thread.current?.getState().messages ?? [],
        entry: { adapter_id: 'assistant_lora' },
        onError: () => setProblem('Your feedback could not be sent.'),
      }),
    [],
  );
  const runtime = useLocalRuntime(model, { adapters: { feedback } });
  thread.current = runtime.thread;
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <ThreadPrimitive.Root>
        <ThreadPrimitive.Messages components={{ UserMessage, AssistantMessage }} />
        <ComposerPrimitive.Root>
          <ComposerPrimitive.Input aria-label="Message" />
          <ComposerPrimitive.Send>Send</ComposerPrimitive.Send>
        </ComposerPrimitive.Root>
      </ThreadPrimitive.Root>
      <p role="alert">{problem}</p>
    </AssistantRuntimeProvider>
  );
}

function UserMessage() {
  return (
    <MessagePrimitive.Root>
      <MessagePrimitive.Parts />
    </MessagePrimitive.Root>
  );
}

function AssistantMessage() {
  return (
    <MessagePrimitive.Root>
      <MessagePrimitive.Parts />
      <ActionBarPrimitive.Root>
        <ActionBarPrimitive.FeedbackPositive>Good answer</ActionBarPrimitive.FeedbackPositive>
        <ActionBarPrimitive.FeedbackNegative>Bad answer</ActionBarPrimitive.FeedbackNegative>
      </ActionBarPrimitive.Root>
    </MessagePrimitive.Root>
  );
}

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
