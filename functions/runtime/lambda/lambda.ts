import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Messages, QueueName } from '../../core/messages.ts';
import type { Ports } from '../../ports/ports.ts';
import { messagesOf } from '../../stack/queue-events.ts';
import type { Stage } from '../../stages/stage.ts';
import { delayAfter } from '../consume.ts';
import { logger, metrics } from './log.ts';
import { openPorts } from './ports.ts';

/** One message on its way through a stage. */
export interface Delivery<Q extends QueueName> {
  message: Messages[Q];
  /** As the stage's descriptor declares. */
  ports: Ports;
  /** Of this invocation, unlike that of any other. */
  requestId: string;
  /** Milliseconds until Lambda ends the function. */
  remainingMs(): number;
}

/**
 * The Lambda function of a stage that a queue feeds. A message whose handling throws is kept by the queue and comes again,
 * later each time; the others of its batch are through. What cannot be read at all comes again at once until its attempts
 * are used up, so that it soon lies in the dead letters: the log has the reason.
 */
export function lambda<Q extends QueueName>(
  stage: Stage & { queue: Q },
  handle: (delivery: Delivery<Q>) => Promise<unknown>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { allowed: ports, all } = openPorts(stage);

  const take = async (record: SQSRecord, context: Context): Promise<boolean> => {
    const receives = Number(record.attributes.ApproximateReceiveCount);
    logger.appendKeys({ delivery: record.messageId, attempt: receives });
    let messages: Messages[Q][];
    try {
      messages = messagesOf(stage.queue, record.body);
    } catch (error) {
      logger.error('a message that cannot be read', error as Error);
      await all.queue.hide(stage.queue, record.receiptHandle, 0);
      return false;
    }
    try {
      for (const message of messages) {
        const { id: job, ...rest } = message;
        logger.appendKeys({ job, ...rest });
        const { awsRequestId: requestId } = context;
        await handle({ message, ports, requestId, remainingMs: () => context.getRemainingTimeInMillis() });
      }
      return true;
    } catch (error) {
      const last = receives >= stage.attempts;
      logger.error(last ? 'given up' : 'comes again', error as Error);
      await all.queue.hide(stage.queue, record.receiptHandle, last ? 0 : delayAfter(receives));
      return false;
    }
  };

  return async (event, context) => {
    logger.addContext(context);
    metrics.captureColdStartMetric();
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const record of event.Records) {
      logger.resetKeys();
      const started = performance.now();
      if (!(await take(record, context))) batchItemFailures.push({ itemIdentifier: record.messageId });
      logger.info('handled', { seconds: (performance.now() - started) / 1000 }); // of its job: labdeploy cost adds them up
    }
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    return { batchItemFailures };
  };
}
