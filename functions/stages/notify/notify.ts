import { z } from 'zod';
import { Failure } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import {
  type JobNotice,
  type NoticeChannel,
  type NoticeMessage,
  noticeChannels,
  type ReceiptNotice,
} from '../../core/messages.ts';
import { type EndedJob, filesNamed, isNotified, isRestored, type NoticeFacts, noticeOf } from '../../core/notice.ts';
import { tableRef } from '../../core/object-keys.ts';
import { receiptLetter } from '../../core/pictures/receipt.ts';
import { readJson } from '../../object-streams/read-object.ts';
import type { Notices } from '../../ports/notifier.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Ports } from '../../ports/ports.ts';

export interface NotifyServices extends Pick<Ports, 'jobs' | 'objects' | 'queue' | 'notices'> {
  signal?: AbortSignal;
}

/** `notified`: the channel that took the notice; `passed on`: one message for each of several channels. */
export type NotifyResult = { notified: NoticeChannel } | 'passed on' | 'nothing to tell' | 'nobody to tell';

/**
 * Sends a receipt, or tells the owner of a job that it ended in the message's generation. Where that is not so (any more) it does nothing.
 * Several channels get a message each, so that one that fails does not repeat the others. Twice does no harm but a second
 * notice with the same id. Throws what the channel throws: the message comes again.
 */
export async function notifyOwner(message: NoticeMessage, services: NotifyServices): Promise<NotifyResult> {
  const { jobs, objects, queue, notices, signal } = services;
  if (notices === undefined) return 'nobody to tell';
  if ('receipt' in message) return sendReceipt(message, notices, signal);
  const job = await jobs.get(message);
  if (job === undefined || !isToBeTold(job, message)) return 'nothing to tell';
  const { restored } = message;

  const wanted = message.channel === undefined ? noticeChannels : [message.channel];
  const channels = wanted.filter((name) => notices.channels[name] !== undefined);
  const [channel] = channels;
  if (channel === undefined) return 'nobody to tell';
  if (channels.length > 1) {
    await queue.send(
      'notices',
      channels.map((name) => ({ ...message, channel: name })),
    );
    return 'passed on';
  }

  const to = channel === 'mail' ? await notices.addresses.find(job.owner) : undefined;
  if (channel === 'mail' && to === undefined) return 'nobody to tell';
  const found = await foundIn(job, objects);
  const publicLink = job.state === 'completed' ? notices.publicLink?.(job) : undefined;
  const notice = noticeOf(job, {
    page: notices.page,
    ...found,
    ...(restored !== undefined && { restored }),
    ...(publicLink !== undefined && { publicLink }),
  });
  await notices.channels[channel]!.send(notice, { ...(to !== undefined && { to }), ...(signal && { signal }) });
  return { notified: channel };
}

/** By mail alone: what a person agreed to is no program's business. */
async function sendReceipt(
  { owner, receipt }: ReceiptNotice,
  { channels: { mail }, addresses, page }: Notices,
  signal: AbortSignal | undefined,
): Promise<NotifyResult> {
  const to = mail && (await addresses.find(owner));
  if (mail === undefined || to === undefined) return 'nobody to tell';
  await mail.send(receiptLetter(receipt, page), { to, ...(signal && { signal }) });
  return { notified: 'mail' };
}

/** Is what the message says still so? */
const isToBeTold = (job: Job, { generation, restored }: JobNotice): job is EndedJob =>
  job.generation === generation && isNotified(job) && (restored === undefined || isRestored(job, restored));

/** What a notice needs of manifest.json. */
const manifest = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      state: z.string().optional(),
      failure: z.object({ message: z.string() }).optional(),
      objects: z.int().nonnegative().optional(),
      counted: z.string().optional(),
    }),
  ),
});
type ManifestFile = z.infer<typeof manifest>['files'][number];

type Found = Pick<NoticeFacts, 'objects' | 'objectsAre' | 'notDone'>;

/** What the tables of a job say; empty where they were never written or are deleted already. */
async function foundIn(job: EndedJob, objects: ObjectStore): Promise<Found> {
  if (job.state === 'expired') return {};
  let content: unknown;
  try {
    content = await readJson(objects, tableRef(job, 'manifest.json'));
  } catch (error) {
    if (error instanceof Failure && error.code === 'objectMissing') return {};
    throw error;
  }
  const { files } = manifest.parse(content);
  const named = (wanted: string) =>
    files
      .filter(({ state }) => state === wanted)
      .slice(0, filesNamed)
      .map(({ path, failure }) => ({ path, message: failure?.message ?? '' }));
  const counted = job.state === 'completed' ? countObjects(files) : {};
  return { ...counted, notDone: { failed: named('failed'), leftOut: named('leftOut') } };
}

/** Objects in all images, each once. */
function countObjects(files: readonly ManifestFile[]): Pick<Found, 'objects' | 'objectsAre'> {
  const several = files.filter(({ counted }) => counted !== undefined);
  const alone = several.filter((file) => file.objects === undefined).length;
  const found = files.reduce((sum, file) => sum + (file.objects ?? 0), 0);
  if (several.length === 0) return { objects: found };
  if (alone === 0) return { objects: found, objectsAre: 'each counted once' };
  const where = `${alone === 1 ? '1 image has' : `${alone} images have`} a number for each plane, in summary.csv`;
  return { ...(files.some((file) => file.objects !== undefined) && { objects: found }), objectsAre: where };
}
