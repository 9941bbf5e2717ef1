import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { cognitoAccounts } from '../../adapters/aws/cognito-accounts.ts';
import { accountMembers } from '../../identity/account-members.ts';
import { membersEnvironment } from '../../stack/members-environment.ts';
import { membersVariable } from '../../stack/resource-variables.ts';
import { handler as coldHandler } from '../../stages/cold/handler.ts';
import { readJsonVariable } from './environment.ts';
import { messageFunction } from './lambda.ts';

const { userPoolId, plans } = readJsonVariable(membersVariable, membersEnvironment, process.env);
const members = accountMembers(cognitoAccounts({ client: new CognitoIdentityProviderClient({}), userPoolId }), plans);

export const handler = messageFunction(coldHandler, { services: (given) => ({ ...given, members }) });
