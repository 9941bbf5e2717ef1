import { type Letter, type Line, letterOf, minuteOf } from '../letter.ts';
import { oneLine } from '../one-line.ts';
import type { AgreementRecord, AgreementText } from './agreement.ts';
import type { Purpose } from './picture.ts';

/** What a person said of an agreement, as they get it by mail: facts of one record, and the text that was shown. */
export interface Receipt
  extends Pick<
    AgreementRecord,
    'record' | 'agreement' | 'version' | 'sha256' | 'language' | 'purposes' | 'agree' | 'savedAt' | 'name'
  > {
  /** Absent where it is too long for a message. */
  markdown?: string;
}

/** Characters of a text that a message takes: each has three bytes at most, and a queue takes 256 kB. */
const mostMarkdown = 50_000;

export function receiptOf(record: AgreementRecord, { markdown }: Pick<AgreementText, 'markdown'>): Receipt {
  const { record: number, agreement, version, sha256, language, purposes, agree, savedAt, name } = record;
  return {
    ...{ record: number, agreement, version, sha256, language, purposes, agree, savedAt },
    ...(name !== undefined && { name }),
    ...(markdown.length <= mostMarkdown && { markdown }),
  };
}

const said: Record<Purpose, string> = {
  process: 'pictures of you are worked on',
  'share-lab': 'people of the lab see the result',
};

/** The mail of a receipt. `page`: origin of the web page. */
export function receiptLetter(receipt: Receipt, page: string): Letter {
  const { record, agreement, version, sha256, language, purposes, agree, savedAt, name, markdown } = receipt;
  const when = new Date(savedAt).toISOString();
  const subject = `${agree ? 'You agreed' : 'You withdrew'}: ${agreement}, version ${version}`;
  const about = purposes.map((purpose) => said[purpose]).join('; ');
  const lines: Line[] = [
    { heading: subject },
    {
      says: agree
        ? `You agreed that ${about}. You can withdraw at any moment; then all that needs it is hidden at once and deleted.`
        : `You withdrew that ${about}. What needed it was hidden at that moment, and is deleted with all that was made of it. Copies that others downloaded stay with them.`,
    },
    { fact: ['When', minuteOf(when)] },
    { fact: ['Record', String(record)] },
    ...(name === undefined ? [] : [{ fact: ['Name', `${oneLine(name)}, as it was given`] as [string, string] }]),
    { fact: ['Text', `in ${language}, SHA-256 ${sha256}`] },
    { link: 'All that you said, and how to change it', url: `${page}/agreements` },
    ...(markdown === undefined ? [] : [{ quote: markdown }]),
  ];
  return letterOf(`receipt.${record}.${savedAt}.${sha256.slice(0, 12)}`, { subject, lines });
}
