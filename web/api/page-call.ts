import { apiCall, type Bearer, type Call } from '../../client/call.ts';
import { isUnreachable } from '../../client/retries.ts';
import { ServiceError } from '../../client/service-error.ts';

/** Calls the API of this page's own origin, and notes whether the service answers. */
export function pageCall(bearer: Bearer | undefined, onAnswer: (reachable: boolean) => void): Call {
  const call = apiCall({ origin: '', ...(bearer !== undefined && { bearer }) });
  return async (id, ...rest) => {
    try {
      const answer = await call(id, ...rest);
      onAnswer(true);
      return answer;
    } catch (error) {
      if (error instanceof ServiceError) onAnswer(!isUnreachable(error)); // not where the page gave the call up
      throw error;
    }
  };
}
