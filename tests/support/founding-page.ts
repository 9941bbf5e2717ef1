import { setTimeout as wait } from 'node:timers/promises';

/** What the page that was written for the first picture services does, with a token on each request. */
export class FoundingPage {
  readonly #origin: string;
  readonly #headers: Record<string, string>;

  constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  }

  /** Asks for an upload, sends the picture, and says what the person ticked; returns the `uuid` to wait for. */
  async submit(picture: Uint8Array, userId: string, agree: 'Y' | 'N' = 'Y'): Promise<string> {
    const asked = { userId, theme: 'lab', gender: 'w', skin: 'light' };
    const answer = await this.#call('POST', '/apis/images/upload', asked);
    const { uuid, uploadUrl } = answer.body as { uuid: string; uploadUrl: string };
    const sent = await fetch(uploadUrl, {
      method: 'PUT',
      headers: { 'Content-Type': 'image/jpeg' },
      body: new Uint8Array(picture),
    });
    if (sent.status !== 200) throw new Error(`the upload is answered ${sent.status}: ${await sent.text()}`);
    await this.agree(uploadUrl, userId, agree);
    return uuid;
  }

  async agree(uploadUrl: string, userId: string, agree: 'Y' | 'N'): Promise<void> {
    const id = /face-image\/(.+?)\?/.exec(uploadUrl)![1];
    const body = { id, name: 'Olga', agree, userId, savedAt: '2026-11-30T10:00:00.000Z' };
    const answer = await this.#call('POST', '/agree', body);
    if (answer.status !== 200) throw new Error(`/agree is answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  show = (userId: string) => this.#call('GET', `/apis/images/${encodeURIComponent(userId)}`);

  /** Asks again and again until what is shown is another one than before. */
  async waitForChange(userId: string, before?: string): Promise<Record<string, string>> {
    for (;;) {
      const { status, body } = await this.show(userId);
      if (status === 200 && body.uuid !== before) return body as Record<string, string>;
      await wait(200);
    }
  }

  async #call(method: string, path: string, body?: object) {
    const init = { method, headers: this.#headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(this.#origin + path, init);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
}
