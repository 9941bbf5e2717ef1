import type { ColdMessage } from '../../core/messages.ts';
import type { MessageHandler } from '../handler.ts';
import { type ArchiveResult, archiveJob } from './archive-job.ts';
import { cold } from './descriptor.ts';
import { type ExpireResult, expireJob } from './expire-job.ts';
import { type RestoreResult, restoreAll, restoreJob } from './restore-job.ts';
import { archiveServices, type ColdServices } from './services.ts';
import { type ThawResult, thawJob } from './thaw-job.ts';

type ColdResult = ArchiveResult | RestoreResult | ThawResult | ExpireResult;

/** One message of the queue `cold`. */
export const handler = {
  stage: cold,
  async handle(message, given) {
    const services = archiveServices(given);
    switch (message.kind) {
      case 'archive':
        return archiveJob(message, services);
      case 'restore':
        return restoreJob(message, services);
      case 'restoreAll':
        return restoreAll(message, services);
      case 'thaw':
        return thawJob(message, services);
      case 'expire':
        return expireJob(message, services);
    }
  },
  logLine: (result) => ['moved', { result }],
} satisfies MessageHandler<ColdMessage, ColdServices, ColdResult>;
