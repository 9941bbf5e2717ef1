import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';

export interface DynamoCall {
  /** As DynamoDB names it. */
  action: string;
  // biome-ignore lint/suspicious/noExplicitAny: each action has its own
  input: any;
}

/**
 * What becomes of a call: DynamoDB answers it; another transaction is in its way; it is done and its answer lost, which
 * the client repeats; the process dies before it.
 */
export type Fate = 'answered' | 'conflict' | 'lost' | 'death';

/** Lets `fateOf` decide on each call of the client, and do something before it. */
export function interfere(client: DynamoDBClient, fateOf: (call: DynamoCall) => Fate | Promise<Fate>): void {
  const lost = new WeakSet<object>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const action = context.commandName!.replace(/Command$/, '');
      const fate = await fateOf({ action, input: args.input });
      if (fate === 'death') throw new Error('the process died');
      if (fate === 'lost') lost.add(context);
      if (fate === 'conflict') {
        const details = { $metadata: {}, message: 'another transaction is in the way' };
        if (action !== 'TransactWriteItems') throw new TransactionConflictException(details);
        throw new TransactionCanceledException({
          ...details,
          CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
        });
      }
      return next(args);
    },
    { step: 'initialize' },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      if (lost.delete(context)) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
      return result;
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
}
