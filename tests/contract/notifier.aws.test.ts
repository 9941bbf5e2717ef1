import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  ListUsersCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { cognitoAddresses } from '../../functions/adapters/aws/cognito-addresses.ts';
import { dynamoSecret } from '../../functions/adapters/aws/dynamo-secret.ts';
import { sesNotifier } from '../../functions/adapters/aws/ses-notifier.ts';
import { snsNotifier } from '../../functions/adapters/aws/sns-notifier.ts';
import { type EndedJob, noticeOf } from '../../functions/core/notice.ts';
import { type Clients, clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeTable } from '../support/simulated-account/table.ts';

const from = 'labdeploy@lab.example';
const job: EndedJob = {
  ...{ owner: 'olga', id: 'job-0001', name: 'Größe µm 细胞', state: 'completed', sealed: true, retrying: false },
  settings: { model: { name: 'nuclei', sha256: 'b'.repeat(64) } },
  ...{ expected: 120, bytes: 5, done: 117, failed: 3, leftOut: 0, generation: 1, createdAt: 0, changedAt: 720_000 },
};
const notice = noticeOf(job, { page: 'https://lab.example', objects: 45210 });

await describeWithMoto('telling owners on AWS', (moto) => {
  let clients: Clients;
  beforeEach(async () => {
    await moto().reset();
    clients = clientsFor(moto().url);
  });

  describe('a notice by SES', () => {
    /** Mails that moto has taken, as it keeps them. */
    const sent = async () => {
      const { ses } = (await (await fetch(`${moto().url}/moto-api/data.json`)).json()) as {
        ses: { Message: Record<string, unknown>[] };
      };
      return ses.Message;
    };

    it('goes to the owner with its exact words', async () => {
      await clients.ses.send(new CreateEmailIdentityCommand({ EmailIdentity: from }));
      await sesNotifier({ client: clients.ses, from }).send(notice, { to: 'olga@lab.example' });
      expect(await sent()).toMatchObject([
        {
          source: `labdeploy <${from}>`,
          destinations: { ToAddresses: ['olga@lab.example'] },
          subject: '[labdeploy] Größe µm 细胞 is ready: 3 of 120 files failed',
          body: notice.html, // of two bodies moto keeps this one
        },
      ]);
    });

    it('that SES refuses is thrown with its reason', async () => {
      const unsent = sesNotifier({ client: clients.ses, from }).send(notice, { to: 'olga@lab.example' });
      await expect(unsent).rejects.toMatchObject({ code: 'noticeUnsent', message: expect.stringContaining('SES: ') });
      expect(await sent()).toEqual([]);
    });
  });

  describe('a notice by SNS', () => {
    it('reaches who subscribed, as JSON, with its event to filter by', async () => {
      const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: 'notices' }));
      const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: 'subscriber' }));
      const { Attributes } = await clients.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      const Endpoint = Attributes!.QueueArn;
      await clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
      await snsNotifier({ client: clients.sns, topicArn: TopicArn! }).send(notice, {});
      const { Messages } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
      const envelope = JSON.parse(Messages![0]!.Body!) as Record<string, unknown>;
      expect(JSON.parse(String(envelope.Message))).toEqual(notice.payload);
      expect(envelope).toMatchObject({
        Subject: '[labdeploy] Gr??e ?m ?? is ready: 3 of 120 files failed',
        MessageAttributes: { event: { Value: 'job.completed' }, delivery: { Value: 'job-0001.1.completed' } },
      });
    });

    it('to a topic that is gone is thrown', async () => {
      const topicArn = 'arn:aws:sns:eu-central-1:123456789012:gone';
      const unsent = snsNotifier({ client: clients.sns, topicArn }).send(notice, {});
      await expect(unsent).rejects.toMatchObject({ code: 'noticeUnsent', message: expect.stringContaining(topicArn) });
    });
  });

  describe('the address of an owner in a Cognito pool', () => {
    let UserPoolId: string;
    beforeEach(async () => {
      const { UserPool } = await clients.cognito.send(
        new CreateUserPoolCommand({ PoolName: 'lab', UsernameAttributes: ['email'] }),
      );
      UserPoolId = UserPool!.Id!;
    });
    const invite = async (email: string): Promise<string> => {
      const { User } = await clients.cognito.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username: email,
          UserAttributes: [
            { Name: 'email', Value: email },
            { Name: 'email_verified', Value: 'true' },
          ],
        }),
      );
      return User!.Attributes!.find(({ Name }) => Name === 'sub')!.Value!;
    };
    const find = (owner: string) => cognitoAddresses({ client: clients.cognito, userPoolId: UserPoolId }).find(owner);

    it('is found by the id in its tokens', async () => {
      const ada = await invite('ada@lab.example');
      const bob = await invite('bob@lab.example');
      expect([await find(ada), await find(bob)]).toEqual(['ada@lab.example', 'bob@lab.example']);
    });

    it('is not given of who is disabled, not there, or named like a filter', async () => {
      const ada = await invite('ada@lab.example');
      await clients.cognito.send(new AdminDisableUserCommand({ UserPoolId, Username: ada }));
      for (const owner of [ada, '00000000-0000-0000-0000-000000000000', '" or sub ^= "', ''])
        expect(await find(owner)).toBeUndefined();
    });

    it('is not given of who has not confirmed it', async () => {
      const { UserPoolClient } = await clients.cognito.send(
        new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'page' }),
      );
      const signUp = { Username: 'eve@lab.example', Password: 'a-long-enough-Passphrase-1' };
      const UserAttributes = [{ Name: 'email', Value: 'eve@lab.example' }];
      await clients.cognito.send(new SignUpCommand({ ClientId: UserPoolClient!.ClientId, ...signUp, UserAttributes }));
      const { Users } = await clients.cognito.send(new ListUsersCommand({ UserPoolId }));
      const eve = Users![0]!.Attributes!.find(({ Name }) => Name === 'sub')!.Value!;
      expect(await find(eve)).toBeUndefined();
    });
  });

  it('a secret of the stack is made once, also by many at once', async () => {
    await using table = await makeTable(clients.dynamodb);
    const target = { client: clients.dynamodb, table: table.name };
    const secrets = await Promise.all(Array.from({ length: 5 }, () => dynamoSecret(target, 'links')));
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1);
    expect(secrets[0]).toHaveLength(32);
    expect((await dynamoSecret(target, 'links')).equals(secrets[0]!)).toBe(true);
    expect((await dynamoSecret(target, 'other')).equals(secrets[0]!)).toBe(false);
  });
});
