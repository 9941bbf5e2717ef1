import type { ZipEntry, ZipLimits } from '../archive/zip-directory.ts';
import type { Messages, PredictMessage, QueueName } from '../core/messages.ts';
import type { ByteSource } from '../image/image.ts';
import type { Ports } from '../ports/ports.ts';
import type { StorageQuota } from '../ports/storage-quota.ts';
import type { PictureTools } from './pictures/services.ts';
import type { PredictResult } from './predict/predict.ts';
import type { PredictServices } from './predict/services.ts';
import { isFed, isScheduled, type QueueStage, type ScheduledStage, type Stage } from './stage.ts';

/** What a runtime hears of the work of stages. */
export interface StageListener {
  onPlane?(message: PredictMessage, done: number, total: number): void;
  onFile?(message: PredictMessage, result: PredictResult): void;
}

/** Wraps the work on each image, for a runtime that knows what earlier processes died of. */
export type ImageGuard = (
  image: PredictMessage,
  predict: () => Promise<PredictResult>,
  services: Pick<PredictServices, 'jobs' | 'queue' | 'signal'>,
) => Promise<PredictResult>;

/** What every runtime gives to a stage. */
export interface CommonServices extends Ports {
  /** labdeploy's own version. */
  version: string;
  signal?: AbortSignal;
  listener?: StageListener;
  /** Absent where what is kept has no end, as in S3. */
  storage?: StorageQuota;
  /** As archive/zip-directory, where zips are not to be read on this thread. Absent: they are. */
  readZipDirectory?(source: ByteSource, limits?: ZipLimits): Promise<ZipEntry[]>;
}

/** What a machine gives to each of its stages; each takes what it needs. */
export type StageServices = CommonServices &
  Omit<PredictServices, 'onPlane'> & {
    guard?: ImageGuard;
    /** Where the feature `people` is on. */
    pictureTools?: PictureTools;
  };

/** A line of a function's log. */
type LogLine = [text: string, fields: Record<string, unknown>];

/** The code of a stage that a queue feeds; its messages are those of the queue. */
export interface MessageHandler<Message = Messages[QueueName], Services = StageServices, Result = unknown> {
  stage: QueueStage;
  handle(message: Message, services: Services): Promise<Result>;
  /** What the log says of a message that was handled. */
  logLine(result: Result): LogLine;
}

/** The code of a stage that a schedule starts. */
export interface RoundHandler<Services = StageServices, Result = unknown> {
  stage: ScheduledStage;
  handle(services: Services): Promise<Result>;
  logLine(result: Result): LogLine;
}

export type StageHandler = MessageHandler | RoundHandler;

/** A stage, and its code, which is loaded only where it runs. */
export type LoadableStage = Stage & { load(): Promise<{ handler: StageHandler }> };

export const isMessageHandler = (handler: StageHandler): handler is MessageHandler => isFed(handler.stage);
export const isRoundHandler = (handler: StageHandler): handler is RoundHandler => isScheduled(handler.stage);
