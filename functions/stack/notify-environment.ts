import { z } from 'zod';

/** What the stage notify must know of its stack, as JSON in one variable. */
export const notifyEnvironment = z.strictObject({
  /** Sender of mails, an identity that SES has verified. Absent: no mail is sent. */
  mailFrom: z.string().optional(),
  /** ARN of a topic where notices are published. Absent: none is. */
  topicArn: z.string().optional(),
  /** Where the addresses of people are: the Cognito pool's id. */
  userPoolId: z.string().min(1),
  /** Of the page, for links in mails. */
  origin: z.url(),
});

export type NotifyEnvironment = z.infer<typeof notifyEnvironment>;
