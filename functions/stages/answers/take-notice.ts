import type { AnswerMessage } from '../../core/messages.ts';
import type { Ports } from '../../ports/ports.ts';
import { noteFailure, readAwaited, readRequest, takeAnswer } from '../predict/request-record.ts';

/** `goes on`: the image waited for it. `kept`: it waits for another one first. `not wanted`: it has ended. */
export type TakenAnswer = 'goes on' | 'kept' | 'not wanted';

/** An answer, or why there is none, goes to its image; what the image waits for sends its message again. Safe to repeat. */
export async function takeNotice(
  { owner, id, image: file, request, attempt, answer, reason }: AnswerMessage,
  { objects, queue }: Pick<Ports, 'objects' | 'queue'>,
): Promise<TakenAnswer> {
  const image = { owner, id, image: file };
  const record = await readRequest(image, request, objects);
  if (record !== undefined) {
    if (answer !== undefined) await takeAnswer(image, request, answer, objects);
    else if (attempt >= record.attempt) await noteFailure(image, { request, attempt, reason }, record, objects);
  }
  if (answer !== undefined) await objects.remove({ bucket: 'results', key: answer }); // of none, or a second one
  if (record === undefined) return 'not wanted';
  const awaited = await readAwaited(image, objects);
  if (awaited?.request !== request) return 'kept';
  await queue.send('files', [awaited.message]);
  return 'goes on';
}
