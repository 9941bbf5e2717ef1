import { extname, join } from 'node:path';

/** This program, as it was started: from its sources, or as it is installed. */
const program = join(import.meta.dirname, `../main${extname(import.meta.url)}`);

/** Of a service, and of the account that it works in. */
const ofService = /^(LABDEPLOY|AWS)_/;

/** How a service trains: by this program, in its environment without what is meant for the service. */
export const trainCommand = (env: NodeJS.ProcessEnv): { command: string; args: string[]; env: NodeJS.ProcessEnv } => ({
  command: process.execPath,
  args: [...process.execArgv, program],
  env: Object.fromEntries(Object.entries(env).filter(([name]) => !ofService.test(name))),
});
