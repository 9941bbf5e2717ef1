import type { FileView } from '../../functions/contract/jobs.ts';
import type { MachineTerms } from '../../functions/core/machine-sizes.ts';
import { strings } from '../strings.ts';
import type { Upload } from '../upload/upload-state.ts';
import { machineWords } from './machine-words.ts';

/** What is known of a file beside the service's view of it. */
export interface Around {
  upload: Upload | undefined;
  /** The job goes no further: nothing waits. */
  isOver: boolean;
  /** What the service says of machines; absent: it has none. */
  machines: MachineTerms | undefined;
}

/** The service's word for files that have ended; before that this tab may know more. */
export function stateInWords({ path, bytes, state, machine }: FileView, { upload, isOver, machines }: Around): string {
  const words = strings.fileStates;
  if (state === 'pending' && isOver) return words.notProcessed;
  if (machine !== undefined)
    return machine.state === 'works' ? machineWords.works(machine.since) : machineWords.waits(machines);
  if (state !== 'pending' || upload === undefined) return words[state];
  const moving = upload.moving.get(path);
  if (moving !== undefined) return words.sending(bytes === 0 ? 100 : Math.floor((100 * moving) / bytes));
  const ended = upload.ended.get(path);
  if (ended === 'arrived' || ended === 'present') return words.arrived;
  return upload.phase === 'sending' ? words.waiting : words.pending;
}
