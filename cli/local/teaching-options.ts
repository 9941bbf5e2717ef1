import type { ServiceOptions } from '../../functions/runtime/workstation/open-service.ts';
import type { TeachingSetup } from '../../functions/runtime/workstation/teaching.ts';
import { trainCommand } from '../train/train-command.ts';

export interface TeachingOptions {
  teach?: true;
  teachPython: string;
}

/** Nothing where no models are taught. */
export function teachingOf(
  { teach, teachPython: python }: TeachingOptions,
  env: NodeJS.ProcessEnv,
  rest: Pick<TeachingSetup, 'base' | 'pack'>,
): Pick<ServiceOptions, 'teaching'> {
  if (teach !== true) return {};
  return { teaching: { ...trainCommand(env), python, ...rest } };
}
