import type { Messages, QueueName } from '../../core/messages.ts';
import type { CommonServices, MessageHandler, RoundHandler } from '../../stages/handler.ts';
import { isFed } from '../../stages/stage.ts';
import { messageFunction, roundFunction } from './lambda.ts';

type FedHandler = MessageHandler<Messages[QueueName], CommonServices>;

const isFedHandler = (handler: FedHandler | RoundHandler<CommonServices>): handler is FedHandler =>
  isFed(handler.stage);

/** The Lambda function of a stage that needs no more than every stage gets; build/bundle makes an entry of it. */
export const stageFunction = (handler: FedHandler | RoundHandler<CommonServices>) =>
  isFedHandler(handler) ? messageFunction(handler, { services: (given) => given }) : roundFunction(handler);
