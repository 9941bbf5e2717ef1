import { commandStatements } from './deployer/commands.ts';
import { endpointStatements } from './deployer/endpoints.ts';
import { functionStatements } from './deployer/functions.ts';
import { imageStatements } from './deployer/images.ts';
import { machineStatements } from './deployer/machines.ts';
import { pageStatements } from './deployer/page.ts';
import { roleStatements } from './deployer/roles.ts';
import { storeStatements } from './deployer/stores.ts';
import type { PolicyScope } from './named-arns.ts';
import type { Statement } from './statement.ts';

/** All that whoever deploys stacks may do, in order of services. Each row says why; `*` as a resource says so beside it. */
export const deployerStatements = (scope: PolicyScope): Statement[] => [
  ...storeStatements(scope),
  ...functionStatements(scope),
  ...imageStatements(scope),
  ...machineStatements(scope),
  ...endpointStatements(scope),
  ...pageStatements(scope),
  ...roleStatements(scope),
  ...commandStatements(scope),
];
