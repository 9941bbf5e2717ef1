import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Who answers the requests of a client; what it throws is DynamoDB's own error. */
export type Answering = (action: string, input: unknown) => Promise<Record<string, unknown>>;

/**
 * A client of DynamoDB whose requests `answering` takes, behind the client's own retries. Nothing goes over a network.
 */
export function answeredClient(answering: Answering, { maxAttempts = 3 } = {}): DynamoDBClient {
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'model', secretAccessKey: 'model' },
    maxAttempts,
  });
  const middleware =
    (_next: unknown, { commandName = '' }: { commandName?: string }) =>
    async ({ input }: { input: object }) => {
      const output = await answering(commandName.replace(/Command$/, ''), input);
      return { response: {}, output: { ...output, $metadata: {} } };
    };
  client.middlewareStack.addRelativeTo(middleware, { relation: 'after', toMiddleware: 'retryMiddleware' });
  return client;
}

/** As `answeredClient`, without the client's own steps: for very many requests of which none fails on its way. */
export const directClient = (answering: Answering): DynamoDBClient =>
  ({
    send: ({ constructor: { name }, input }: { constructor: { name: string }; input: unknown }) =>
      answering(name.replace(/Command$/, ''), input),
  }) as unknown as DynamoDBClient;
