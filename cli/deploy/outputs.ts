import { z } from 'zod';
import { UserError } from '../errors.ts';
import type { OpenStack } from './stack.ts';

/** What the program says of a stack that is deployed; more than these is passed on as it is. */
const names = z.record(z.string(), z.string());
const serviceOutputs = z.looseObject({
  url: z.url(),
  apiUrl: z.url(),
  userPoolId: z.string(),
  table: z.string(),
  /** Names by part. */
  buckets: names,
  functions: names,
  /** URLs by part. */
  queues: names,
  deadLetters: names,
});
export type ServiceOutputs = z.infer<typeof serviceOutputs>;

/** Throws `stackIncomplete` where the stack was never deployed to its end, `stackRemoved` where it was begun to be removed. */
export async function readOutputs(stack: OpenStack): Promise<ServiceOutputs> {
  if (stack.last?.kind === 'destroy') throw new UserError('stackRemoved', { name: stack.name });
  return outputsOfUp(stack);
}

/** The same after an `up` of this very command. */
export async function outputsOfUp({ engine, name }: OpenStack): Promise<ServiceOutputs> {
  const outputs = await engine.outputs();
  const parsed = serviceOutputs.safeParse(
    Object.fromEntries(Object.entries(outputs).map(([key, { value, secret }]) => [key, secret ? '[secret]' : value])),
  );
  if (!parsed.success) throw new UserError('stackIncomplete', { name }, { cause: parsed.error });
  return parsed.data;
}
