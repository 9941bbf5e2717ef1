import { useService } from '../api/context.tsx';
import { forgetHandles } from '../upload/kept-handles.ts';

/** Ends what this browser does for a job: its upload, and what it knows of its folder. */
export function useLeaveJob(): (id: string) => void {
  const { uploads } = useService();
  return (id) => {
    uploads.forget(id);
    forgetHandles(id).catch(console.warn); // at worst the browser keeps a name of a folder
  };
}
