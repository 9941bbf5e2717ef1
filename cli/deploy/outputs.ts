import { type ServiceOutputs, serviceOutputs } from '../../infra/outputs.ts';
import { UserError } from '../errors.ts';
import type { OpenStack } from './stack.ts';

/** What a program beside labdeploy's own adds to its outputs is passed on as it is. */
const outputsOf = serviceOutputs.loose();

/** Throws `stackIncomplete` where the stack was never deployed to its end, `stackRemoved` where it was begun to be removed. */
export async function readOutputs(stack: OpenStack): Promise<ServiceOutputs> {
  if (stack.last?.kind === 'destroy') throw new UserError('stackRemoved', { name: stack.name });
  return outputsOfUp(stack);
}

/** The same after an `up` of this very command. */
export async function outputsOfUp({ engine, name }: OpenStack): Promise<ServiceOutputs> {
  const outputs = await engine.outputs();
  const parsed = outputsOf.safeParse(
    Object.fromEntries(Object.entries(outputs).map(([key, { value, secret }]) => [key, secret ? '[secret]' : value])),
  );
  if (!parsed.success) throw new UserError('stackIncomplete', { name }, { cause: parsed.error });
  return parsed.data;
}
