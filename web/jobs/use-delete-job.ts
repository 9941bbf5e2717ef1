import { useService } from '../api/context.tsx';
import { isGone } from '../api/is-gone.ts';
import { useLeaveJob } from './use-leave-job.ts';

/** Deletes a job. One that was deleted meanwhile, in another window, is as it was wanted. */
export function useDeleteJob(): (id: string) => Promise<void> {
  const { call } = useService();
  const leave = useLeaveJob();
  return async (id) => {
    leave(id);
    try {
      await call('deleteJob', { params: { id } });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  };
}
