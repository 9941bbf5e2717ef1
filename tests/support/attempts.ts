import type { QueueName } from '../../functions/core/messages.ts';
import { attempts } from '../../functions/stages/stages.ts';

/** Deliveries before a message is dead: `each` for every queue there is, but for those of `other`. */
export const attemptsOf = (
  each: number,
  other: Partial<Record<QueueName, number>> = {},
): Record<QueueName, number> => ({
  ...(Object.fromEntries(Object.keys(attempts).map((name) => [name, each])) as Record<QueueName, number>),
  ...other,
});
