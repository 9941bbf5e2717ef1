import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { LinkView } from '../../../functions/contract/results.ts';
import type { NoticePayload } from '../../../functions/core/notice.ts';
import { accountId, region } from '../../support/simulated-account/clients.ts';
import { roleOf } from '../../support/simulated-account/role-of.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { ended, submit } from './folder-of-images.ts';
import type { Material } from './material.ts';

/** What the stack is told of notices and links. */
export const noticeConfig = {
  mailFrom: 'jobs@lab.example',
  noticeTopic: `arn:aws:sns:${region}:${accountId}:labdeploy-notices`,
  publicLinks: 'true',
} as const;

/** A lab verifies its sender and makes its topic itself, before any job ends. A queue keeps what is published. */
export async function prepareNotices({ clients }: Pick<SimulatedService, 'clients'>): Promise<void> {
  await clients.ses.send(new CreateEmailIdentityCommand({ EmailIdentity: noticeConfig.mailFrom }));
  await clients.sns.send(new CreateTopicCommand({ Name: noticeConfig.noticeTopic.split(':').at(-1)! }));
  await clients.sqs.send(new CreateQueueCommand({ QueueName: subscriber }));
  await clients.sns.send(
    new SubscribeCommand({
      TopicArn: noticeConfig.noticeTopic,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${region}:${accountId}:${subscriber}`,
    }),
  );
}

const subscriber = 'subscriber-of-notices';

/** What is published of a job, as a program that subscribed gets it; waits for it. */
export async function publishedNotice(
  { clients, runner }: Pick<SimulatedService, 'clients' | 'runner'>,
  event: NoticePayload['event'],
  id: string,
): Promise<NoticePayload> {
  const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: subscriber }));
  return runner.until(`the notice ${event}`, async () => {
    const request = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 });
    const { Messages = [] } = await clients.sqs.send(request);
    return Messages.map(
      ({ Body }) => JSON.parse((JSON.parse(Body!) as { Message: string }).Message) as NoticePayload,
    ).find((notice) => notice.event === event && notice.job.id === id);
  });
}

/** What owners are told, and what they pass on. */
export function notices(service: () => SimulatedService, material: () => Material): void {
  describe('the owner of a job', () => {
    let nora: Person;
    let id: string;
    /** Mails that the stack has sent. */
    const mails = () => {
      const { authoriser, outputs } = service();
      const role = roleOf(outputs.functions.notify!);
      return authoriser.log.filter(({ who, action }) => who === role && action === 'ses:SendEmail');
    };
    let before: number;
    beforeAll(async () => {
      before = mails().length; // receipts of agreements
      nora = await service().person('nora');
      ({ id } = await submit(nora, material().zip, 'Noras Zellen µm'));
      expect(await ended(service(), nora, id)).toMatchObject({ state: 'completed' });
    }, 150_000);

    it('is notified by mail, from the sender of the stack', async () => {
      const { runner } = service();
      expect(await runner.until('the mail', async () => mails()[before])).toMatchObject({ allowed: true });
      expect(runner.troubles).toEqual([]);
    }, 60_000);

    it('is named to programs that subscribed', async () => {
      const told = await publishedNotice(service(), 'job.completed', id);
      expect(told).toMatchObject({
        job: {
          name: 'Noras Zellen µm',
          files: { total: material().count, done: material().count, failed: 0, leftOut: 0 },
        },
      });
    }, 60_000);

    it('makes a link with which anybody can download', async () => {
      const { url } = service();
      const made = await fetch(`${url}/v1/jobs/${id}/links`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${nora.token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ days: 1 }),
      });
      expect(made.status).toBe(201);
      const link = new URL(((await made.json()) as LinkView).url);
      const opened = await fetch(url + link.pathname, { redirect: 'manual' });
      expect([opened.status, new URL(opened.headers.get('location')!).pathname]).toEqual([
        302,
        expect.stringContaining(id),
      ]);
      expect((await fetch(`${url}${link.pathname}x`, { redirect: 'manual' })).status).toBe(404);
    }, 60_000);
  });
}
