import { Problem } from '../contract/problems.ts';
import type { PictureMessage } from '../core/messages.ts';
import type { AgreementRecord, AgreementText, AgreementVersion } from '../core/pictures/agreement.ts';
import type { Purpose } from '../core/pictures/picture.ts';
import { receiptOf } from '../core/pictures/receipt.ts';
import { allItems } from '../object-streams/all-pages.ts';
import { picturesOf } from './people-pictures.ts';
import type { ApiServices } from './services.ts';

/** Within the minute in which all of it is to be gone. */
const againSeconds = 30;

export interface Said {
  owner: string;
  /** What was shown. */
  version: AgreementVersion;
  text: AgreementText;
  purposes: readonly Purpose[];
  agree: boolean;
  name?: string;
  claimedAt?: string;
  picture?: string;
}

/**
 * Appends what a person said, and has them sent a receipt. Consent begins with their pictures that are held; a withdrawal has hidden everything when
 * this returns, and the stage removes it.
 */
export async function decide({ version, text, ...said }: Said, services: ApiServices): Promise<AgreementRecord> {
  const { pictures } = picturesOf(services);
  const { queue } = services.ports;
  const removal: PictureMessage = { kind: 'withdraw', owner: said.owner };
  // Before too: should this process die between the two, what is hidden is removed all the same.
  if (!said.agree) await queue.send('pictures', [removal], { delaySeconds: againSeconds });
  const record = await pictures.decide({
    ...said,
    agreement: version.agreement,
    version: version.version,
    sha256: text.sha256,
    language: text.language,
  });
  if (!said.agree) await queue.send('pictures', [removal]);
  else
    for await (const { owner, id, state } of allItems((page) => pictures.list(said.owner, page)))
      if (state === 'held') await queue.send('pictures', [{ kind: 'crop', owner, id }]);
  await queue.send('notices', [{ owner: said.owner, receipt: receiptOf(record, text) }]);
  return record;
}

/** The text of a version by its sha256. Throws the problem `agreementChanged` where it is not one of it. */
export function textOf(version: AgreementVersion, sha256: string): AgreementText {
  const text = version.texts.find((each) => each.sha256 === sha256);
  if (text === undefined) throw new Problem('agreementChanged', { version: version.version });
  return text;
}
