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
 * What becomes of a call: DynamoDB answers it; another transaction is in its way; the part of the transaction with this
 * number is found changed; it is done and its answer lost, which the client repeats; the process dies before it.
 */
export type Fate = 'answered' | 'conflict' | { changed: number } | 'lost' | 'death';

/** Lets `fateOf` decide on each call of the client. */
export function interfere(client: DynamoDBClient, fateOf: (call: DynamoCall) => Fate): void {
  const lost = new WeakSet<object>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const action = context.commandName!.replace(/Command$/, '');
      const fate = fateOf({ action, input: args.input });
      if (fate === 'death') throw new Error('the process died');
      if (fate === 'lost') lost.add(context);
      const details = { $metadata: {}, message: fate === 'conflict' ? 'in the way' : 'changed' };
      if (fate === 'conflict' && action !== 'TransactWriteItems') throw new TransactionConflictException(details);
      const failing = fate === 'conflict' ? [0, 'TransactionConflict'] : [(fate as { changed?: number }).changed];
      if (failing[0] !== undefined) {
        const [place, Code = 'ConditionalCheckFailed'] = failing as [number, string?];
        const parts = (args.input as { TransactItems: unknown[] }).TransactItems;
        const CancellationReasons = parts.map((_, i) => ({ Code: i === place ? Code : 'None' }));
        throw new TransactionCanceledException({ ...details, CancellationReasons });
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
