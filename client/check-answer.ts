import type { z } from 'zod';
import { type Operation, operations } from '../functions/contract/operations.ts';
import type { AnswerOf, OperationId } from './call.ts';

/** An answer that is not what the contract says. */
export class AnswerError extends Error {
  constructor(id: OperationId, cause: z.ZodError) {
    const [first] = cause.issues;
    super(`the answer to ${id} is not what the contract says: ${first?.path.join('.')}: ${first?.message}`, { cause });
    this.name = 'AnswerError';
  }
}

/** The answer as its schema reads it. Throws AnswerError. */
export function checkAnswer<Id extends OperationId>(id: Id, answer: unknown): AnswerOf<Id> {
  const operation: Operation = operations[id];
  if (operation.answer === undefined) return undefined as AnswerOf<Id>;
  const read = operation.answer.safeParse(answer);
  if (!read.success) throw new AnswerError(id, read.error);
  return read.data as AnswerOf<Id>;
}
