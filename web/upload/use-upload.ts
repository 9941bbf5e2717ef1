import { useEffect, useSyncExternalStore } from 'react';
import { useService } from '../api/context.tsx';
import type { Upload } from './upload-state.ts';

/** The upload of a job in this tab, as it moves. */
export function useUpload(id: string): Upload | undefined {
  const { uploads } = useService();
  return useSyncExternalStore(uploads.subscribe, () => uploads.get(id));
}

/** The browser asks before it closes a page that is sending. */
export function useLeaveGuard(): void {
  const { uploads } = useService();
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (uploads.busy()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [uploads]);
}
