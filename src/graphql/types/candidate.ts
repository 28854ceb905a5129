/** One of the answers of a preference, as it is shown and as it is submitted. */
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { ChatMessage as Message } from '../../model/conversation.js';
import { ChatMessage } from './json.js';

@ObjectType('FeedbackCandidate', { simpleResolvers: true, description: 'One of the answers of a preference.' })
export class CandidateNode {
  @Field(() => String, { description: 'The answer.' })
  answer!: string;

  @Field(() => String, { nullable: true, description: 'The adapter that gave the answer.' })
  adapterId?: string;

  @Field(() => String, { nullable: true, description: 'Version of the model that gave the answer.' })
  modelVersion?: string;
}

@InputType({ description: 'One of the answers of a preference, with either `answer` or `messages`.' })
export class CandidateInput {
  @Field(() => String, { nullable: true, description: 'The answer, not blank.' })
  answer?: string | null;

  @Field(() => [ChatMessage], {
    nullable: true,
    description: 'Instead of `answer`: the conversation, of which the last message is the answer.',
  })
  messages?: readonly Message[] | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Id of the adapter that gave the answer. The entry is linked to it, and it is created if it does not exist.',
  })
  adapterId?: string | null;

  @Field(() => String, { nullable: true, description: 'Version of the model that gave the answer.' })
  modelVersion?: string | null;
}
