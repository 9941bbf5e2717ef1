import { extname, join } from 'node:path';
import type { ServiceOptions } from '../../functions/runtime/workstation/open-service.ts';
import type { TeachingSetup } from '../../functions/runtime/workstation/teaching.ts';

export interface TeachingOptions {
  teach?: true;
  teachPython: string;
}

/** This program, as it was started: from its sources, or as it is installed. */
const program = join(import.meta.dirname, `../main${extname(import.meta.url)}`);

/** Nothing where no models are taught. Trainings get the environment without what is meant for the service. */
export function teachingOf(
  { teach, teachPython: python }: TeachingOptions,
  env: NodeJS.ProcessEnv,
  rest: Pick<TeachingSetup, 'base' | 'pack'>,
): Pick<ServiceOptions, 'teaching'> {
  if (teach !== true) return {};
  const own = Object.entries(env).filter(([name]) => !name.startsWith('LABDEPLOY_'));
  return {
    teaching: {
      command: process.execPath,
      args: [...process.execArgv, program],
      env: Object.fromEntries(own),
      python,
      ...rest,
    },
  };
}
