import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { PreSignUpTriggerEvent } from 'aws-lambda';
import { federatedPeople } from '../../adapters/aws/federated-people.ts';
import { signUpVariable } from '../../stack/resource-variables.ts';
import { signUpEnvironment } from '../../stack/sign-up-environment.ts';
import { admit } from '../../triggers/pre-sign-up/admit.ts';
import { admitFederated } from '../../triggers/pre-sign-up/admit-federated.ts';
import { readJsonVariable } from './environment.ts';

const policy = readJsonVariable(signUpVariable, signUpEnvironment, process.env);
const client = new CognitoIdentityProviderClient({});

/** Cognito shows the person what is thrown. */
export const handler = async (event: PreSignUpTriggerEvent): Promise<PreSignUpTriggerEvent> => {
  const { triggerSource: trigger, userName, userPoolId, request } = event;
  const { email, email_verified: emailVerified, name } = request.userAttributes;
  if (trigger === 'PreSignUp_ExternalProvider')
    await admitFederated({ userName, email, emailVerified, name }, policy, federatedPeople({ client, userPoolId }));
  else if (policy.signUp === 'domains') admit({ trigger, email }, policy.domains);
  return event;
};
