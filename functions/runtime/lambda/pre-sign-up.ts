import type { PreSignUpTriggerEvent } from 'aws-lambda';
import { signUpVariable } from '../../stack/resource-variables.ts';
import { signUpEnvironment } from '../../stack/sign-up-environment.ts';
import { admit } from '../../triggers/pre-sign-up/admit.ts';
import { readJsonVariable } from './environment.ts';

const { domains } = readJsonVariable(signUpVariable, signUpEnvironment, process.env);

/** Cognito shows the person what is thrown. */
export const handler = async (event: PreSignUpTriggerEvent): Promise<PreSignUpTriggerEvent> => {
  admit({ trigger: event.triggerSource, email: event.request.userAttributes.email }, domains);
  return event;
};
