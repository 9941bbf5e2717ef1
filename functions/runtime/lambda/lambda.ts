import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Messages, QueueName } from '../../core/messages.ts';
import { messagesOf } from '../../stack/queue-events.ts';
import type { CommonServices, MessageHandler, RoundHandler } from '../../stages/handler.ts';
import { delayAfter } from '../consume.ts';
import { logger, metrics } from './log.ts';
import { type OpenPorts, openPorts } from './ports.ts';
import { version } from './version.ts';

/** One call of a function by Lambda. */
export interface Invocation {
  /** Unlike that of any other. */
  requestId: string;
  /** Milliseconds until Lambda ends the function. */
  remainingMs(): number;
}

/** How one stage runs as a function, where ports and what every stage gets are not enough. */
export interface FunctionOptions<Services, Result> {
  services(given: CommonServices, invocation: Invocation): Services;
  /** Called after each message that was handled. */
  measure?(result: Result, seconds: number): void;
  /** Opened already, by a stage that needs more of it than ports. */
  open?: OpenPorts;
}

/**
 * The Lambda function of a stage that a queue feeds. A message whose handling throws is kept by the queue and comes again,
 * later each time; the others of its batch are through. What cannot be read at all comes again at once until its attempts
 * are used up, so that it is soon in the dead letters: the log has the reason.
 */
export function messageFunction<Services, Result>(
  handler: MessageHandler<Messages[QueueName], Services, Result>,
  { services, measure, open = openPorts(handler.stage) }: FunctionOptions<Services, Result>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { queue, attempts } = handler.stage.trigger;
  const { allowed, all } = open;
  const given: CommonServices = { ...allowed, version };

  const handle = async (message: Messages[QueueName], context: Context) => {
    const { id: job, ...rest } = message;
    logger.appendKeys({ job, ...rest });
    const started = performance.now();
    const { awsRequestId: requestId } = context;
    const invocation = { requestId, remainingMs: () => context.getRemainingTimeInMillis() };
    const result = await handler.handle(message, services(given, invocation));
    logger.info(...handler.logLine(result));
    measure?.(result, (performance.now() - started) / 1000);
  };

  const take = async (record: SQSRecord, context: Context): Promise<boolean> => {
    const receives = Number(record.attributes.ApproximateReceiveCount);
    logger.appendKeys({ delivery: record.messageId, attempt: receives });
    let messages: Messages[QueueName][];
    try {
      messages = messagesOf(queue, record.body);
    } catch (error) {
      logger.error('a message that cannot be read', error as Error);
      await all.queue.hide(queue, record.receiptHandle, 0);
      return false;
    }
    try {
      for (const message of messages) await handle(message, context);
      return true;
    } catch (error) {
      const last = receives >= attempts;
      logger.error(last ? 'given up' : 'comes again', error as Error);
      await all.queue.hide(queue, record.receiptHandle, last ? 0 : delayAfter(receives));
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

/** The Lambda function of a stage that a schedule starts. */
export function roundFunction(
  handler: RoundHandler<CommonServices>,
  {
    open = openPorts(handler.stage),
    more = {},
  }: { open?: OpenPorts; more?: Pick<CommonServices, 'fleet' | 'builds'> } = {},
): (event: unknown, context: Context) => Promise<void> {
  const services = { ...open.allowed, ...more, version };
  return async (_event, context) => {
    logger.addContext(context);
    logger.info(...handler.logLine(await handler.handle(services)));
  };
}
