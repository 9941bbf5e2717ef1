import { commandStatements } from './deployer/commands.ts';
import { frontStatements } from './deployer/front.ts';
import { functionStatements } from './deployer/functions.ts';
import { roleStatements } from './deployer/roles.ts';
import { storeStatements } from './deployer/stores.ts';
import type { PolicyPlace } from './named-arns.ts';
import type { Statement } from './statement.ts';

/** All that whoever deploys stacks may do, in order of services. Each row says why; `*` as a resource says so beside it. */
export const deployerStatements = (place: PolicyPlace): Statement[] => [
  ...storeStatements(place),
  ...functionStatements(place),
  ...frontStatements(place),
  ...roleStatements(place),
  ...commandStatements(place),
];
