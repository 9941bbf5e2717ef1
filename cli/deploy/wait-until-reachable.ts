/** Why a page does not answer as it should; undefined when it does. */
export async function probe(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: 'manual' });
    await answer.body?.cancel();
    return answer.ok ? undefined : `${url} answers ${answer.status}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return `${url}: ${(cause as Error | undefined)?.message ?? message}`;
  }
}
