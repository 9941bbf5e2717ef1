import { large } from '../../functions/stages/large/descriptor.ts';
import type { ServiceOutputs } from '../../infra/outputs.ts';

/** Groups of CloudWatch that a stack's functions and machines write to, by stage. */
export const logGroupsOf = ({ functions, machines }: Pick<ServiceOutputs, 'functions' | 'machines'>) => ({
  ...Object.fromEntries(Object.entries(functions).map(([stage, name]) => [stage, `/aws/lambda/${name}`])),
  ...(machines !== undefined && { [large.name]: machines.logGroup }),
});
