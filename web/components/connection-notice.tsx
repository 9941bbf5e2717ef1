import { useSyncExternalStore } from 'react';
import { useService } from '../api/context.tsx';
import { strings } from '../strings.ts';

/** Says that the service does not answer, for as long as it does not. Over the page, so that nothing moves. */
export function ConnectionNotice() {
  const { connection } = useService();
  const reachable = useSyncExternalStore(connection.subscribe, connection.reachable);
  return (
    <div className="connection" role="status">
      {!reachable && <p>{strings.unreachable}</p>}
    </div>
  );
}
