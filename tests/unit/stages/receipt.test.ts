import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Letter } from '../../../functions/core/letter.ts';
import { type Receipt, receiptOf } from '../../../functions/core/pictures/receipt.ts';
import type { Notices } from '../../../functions/ports/notifier.ts';
import { restrict } from '../../../functions/runtime/restrict.ts';
import { messagesOf } from '../../../functions/stack/queue-events.ts';
import { handler } from '../../../functions/stages/notify/handler.ts';
import { decision } from '../../contract/pictures.ts';
import { stageWorld } from '../../support/stage-world.ts';

const savedAt = Date.parse('2026-11-30T14:32:10Z');
const markdown = '# Photographs\n\nFaces are hidden. <b>';
const receipt = (more: Parameters<typeof decision>[0] = {}): Receipt =>
  receiptOf({ ...decision(more), record: 3, savedAt }, { markdown });

describe('a receipt of an agreement', () => {
  let sent: { letter: Letter; to: string | undefined }[];
  let notices: Notices;
  beforeEach(() => {
    sent = [];
    const refuse = { send: () => Promise.reject(new Error('a receipt is no program’s business')) };
    const mail = { send: async (letter: Letter, { to }: { to?: string }) => void sent.push({ letter, to }) };
    const addresses = { find: async (owner: string) => (owner === 'olga' ? 'olga@lab.example' : undefined) };
    notices = { channels: { mail, hook: refuse }, addresses, page: 'https://lab.example' };
  });
  const handle = async (given: Receipt, owner = 'olga') =>
    handler.handle({ owner, receipt: given }, restrict(handler.stage, { ...(await stageWorld()), notices }));

  it('goes by mail alone to who said it, with what, when, and the text that was shown', async () => {
    expect(await handle(receipt({ name: 'Olga\nK.' }))).toEqual({ notified: 'mail' });
    const [{ letter, to }] = sent as [(typeof sent)[0]];
    expect([to, letter.id, letter.subject]).toEqual([
      'olga@lab.example',
      `receipt.3.${savedAt}.${'ab'.repeat(6)}`,
      '[labdeploy] You agreed: photographs, version 1',
    ]);
    expect(letter.text).toBe(`You agreed: photographs, version 1.

You agreed that pictures of you are worked on; people of the lab see the result. You can withdraw at any moment; then all that needs it is hidden at once and deleted.

When     2026-11-30 14:32 UTC
Record   3
Name     Olga K., as it was given
Text     in en, SHA-256 ${'ab'.repeat(32)}

All that you said, and how to change it:
https://lab.example/agreements

${markdown}
`);
    expect(letter.html).toContain('Faces are hidden. &lt;b&gt;</pre>');
  });

  it('says what a withdrawal removes', async () => {
    await handle(receipt({ agree: false, purposes: ['share-lab'] }));
    expect(sent[0]!.letter.subject).toBe('[labdeploy] You withdrew: photographs, version 1');
    expect(sent[0]!.letter.text).toContain(
      'You withdrew that people of the lab see the result. What needed it was hidden',
    );
  });

  it('is sent to nobody who has no address any more, nor where no mail is set up', async () => {
    expect(await handle(receipt(), 'omar')).toBe('nobody to tell');
    const { hook } = notices.channels;
    notices = { ...notices, channels: { ...(hook && { hook }) } };
    expect(await handle(receipt())).toBe('nobody to tell');
    expect(sent).toEqual([]);
  });

  it('comes through the queue as it was sent, and leaves out a text that is too long for it', () => {
    const whole = receipt({ name: 'Olga' });
    const body = { owner: 'olga', receipt: whole };
    expect(messagesOf('notices', JSON.stringify(body))).toEqual([body]);
    const { markdown: _, ...short } = whole;
    const long = 'ä'.repeat(50_001);
    expect(receiptOf({ ...decision({ name: 'Olga' }), record: 3, savedAt }, { markdown: long })).toEqual(short);
    for (const broken of [{ ...short, record: 0 }, { ...short, sha256: '' }, 'text'])
      expect(() => messagesOf('notices', JSON.stringify({ owner: 'olga', receipt: broken }))).toThrow('not a message');
  });
});
