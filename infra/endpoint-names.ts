import type { EndpointEnvironment } from '../functions/stack/endpoint-environment.ts';
import type { PartArgs } from './part-args.ts';
import type { StackContext } from './stack-context.ts';

/** An endpoint for a model in a container, known before it is there, so that roles can name it. */
export interface EndpointNames {
  arn: string;
  environment: EndpointEnvironment;
  /** ARN of the topic where it says that it has answered. */
  topic: string;
}

const part = 'endpoint';

/** Name of the topic of its answers. */
export const answersTopic = ({ name }: Pick<StackContext, 'name'>): string => name('answers', 'topic');

/** Undefined where a stack has no endpoint. */
export function endpointNames({ config, name, arn }: StackContext): EndpointNames | undefined {
  if (config.endpoint === 'off') return undefined;
  const own = name(part, 'endpoint');
  return {
    arn: arn('sagemaker', `endpoint/${own}`),
    environment: { name: own, image: config.endpointImage! },
    topic: arn('sns', answersTopic({ name })),
  };
}

/** Where the notices for a queue come from, beside who sends to it by a role of the stack. */
export const noticesFor = (queue: string, { context }: Pick<PartArgs, 'context'>): string | undefined =>
  queue === 'answers' ? endpointNames(context)?.topic : undefined;
