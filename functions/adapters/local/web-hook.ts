import { Failure } from '../../core/errors.ts';
import { hookSignature } from '../../http/hook-signature.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notifier } from '../../ports/notifier.ts';

const timeoutMs = 10_000;

export interface WebHook {
  /** Where notices are posted. It may hold a secret of its own, so no message says more of it than its host. */
  url: string;
  /** Key of the signature, as its UTF-8 bytes. */
  secret: string;
}

/** Posts each notice as JSON, signed. Every answer but 2xx is thrown as `noticeUnsent`; redirections are not followed. */
export const webHookNotifier = ({ url, secret }: WebHook, clock: Clock): Notifier => ({
  async send({ id, payload }, { signal }) {
    const body = JSON.stringify(payload);
    const timestamp = String(Math.floor(clock.now() / 1000));
    const unsent = (detail: string) =>
      new Failure('noticeUnsent', { where: `the web hook at ${new URL(url).host}`, detail });
    const late = AbortSignal.timeout(timeoutMs);
    let status: number;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'labdeploy',
          'Labdeploy-Event': payload.event,
          'Labdeploy-Delivery': id,
          'Labdeploy-Timestamp': timestamp,
          'Labdeploy-Signature': hookSignature(secret, timestamp, body),
        },
        body,
        redirect: 'manual',
        signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      });
      status = response.status;
      await response.body?.cancel();
    } catch (error) {
      if (late.aborted) throw unsent(`no answer in ${timeoutMs / 1000} s`);
      throw unsent(reasonOf(error as Error));
    }
    if (status < 200 || status > 299) throw unsent(`it answered ${status}`);
  },
});

/** Undici says why in the cause; of several addresses that were tried, in the first of its errors. */
function reasonOf({ message, cause }: Error): string {
  const { errors: [first] = [], message: why } = (cause ?? {}) as { errors?: Error[]; message?: string };
  return first?.message ?? why ?? message;
}
