/** Characters of a refusal that are shown. */
const shownText = 300;
/** Bytes of it that are looked at. */
const mostBytes = 64 * 1024;

/** What a container says of a refusal, on one line: `message` of a JSON object, else the text itself. */
export function refusalWords(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, mostBytes));
  let words = text;
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') words = message;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error; // no JSON object: plain text
  }
  return words.replace(/\s+/g, ' ').trim().slice(0, shownText);
}

/** Whether a status refuses this image; any other that is no success may be another one later. */
export const refusesImage = (status: number): boolean => status >= 400 && status < 500 && status !== 429;
