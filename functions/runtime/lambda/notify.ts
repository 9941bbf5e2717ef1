import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SNSClient } from '@aws-sdk/client-sns';
import { cognitoAddresses } from '../../adapters/aws/cognito-addresses.ts';
import { sesNotifier } from '../../adapters/aws/ses-notifier.ts';
import { snsNotifier } from '../../adapters/aws/sns-notifier.ts';
import type { Notices } from '../../ports/notifier.ts';
import { notifyEnvironment } from '../../stack/notify-environment.ts';
import { notifyVariable } from '../../stack/resource-variables.ts';
import { handler as notifyHandler } from '../../stages/notify/handler.ts';
import { readJsonVariable } from './environment.ts';
import { messageFunction } from './lambda.ts';

const environment = readJsonVariable(notifyVariable, notifyEnvironment, process.env);
const { mailFrom: from, topicArn, userPoolId, origin: page } = environment;
const notices: Notices = {
  channels: {
    ...(from !== undefined && { mail: sesNotifier({ client: new SESv2Client({}), from }) }),
    ...(topicArn !== undefined && { hook: snsNotifier({ client: new SNSClient({}), topicArn }) }),
  },
  addresses: cognitoAddresses({ client: new CognitoIdentityProviderClient({}), userPoolId }),
  page,
};

export const handler = messageFunction(notifyHandler, { services: (given) => ({ ...given, notices }) });
