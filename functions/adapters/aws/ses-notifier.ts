import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { Failure } from '../../core/errors.ts';
import type { Letter } from '../../core/letter.ts';
import type { Notifier } from '../../ports/notifier.ts';

/** Notices by mail from `from`, an identity that SES has verified. In SES's sandbox it takes mail only to verified addresses. */
export const sesNotifier = ({ client, from }: { client: SESv2Client; from: string }): Notifier<Letter> => ({
  async send({ id, subject, text, html }, { to, signal }) {
    const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
    const mail = new SendEmailCommand({
      FromEmailAddress: `labdeploy <${from}>`,
      Destination: { ToAddresses: [to!] },
      Content: {
        Simple: {
          Subject: utf8(subject),
          Body: { Text: utf8(text), Html: utf8(html) },
          Headers: [
            { Name: 'Auto-Submitted', Value: 'auto-generated' }, // RFC 3834: no out-of-office answers
            { Name: 'Labdeploy-Delivery', Value: id }, // SES takes no Message-ID of ours
          ],
        },
      },
    });
    try {
      await client.send(mail, signal === undefined ? {} : { abortSignal: signal });
    } catch (error) {
      throw new Failure('noticeUnsent', { where: 'SES', detail: (error as Error).message }, { cause: error });
    }
  },
});
