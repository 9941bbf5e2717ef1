import { createHash } from 'node:crypto';
import type { AgreementView, RecordView } from '../contract/agreements.ts';
import { Problem } from '../contract/problems.ts';
import {
  type AgreementRecord,
  type AgreementVersion,
  currentVersions,
  standingOf,
} from '../core/pictures/agreement.ts';
import type { PicturePerson } from '../core/pictures/picture.ts';
import { decide, textOf } from './decide.ts';
import { adminsOnly, picturesOf } from './people-pictures.ts';
import { pageOf } from './pictures.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';
import { iso } from './views.ts';

type AgreementHandlers = Pick<Handlers, 'listAgreements' | 'decideAgreement' | 'listRecords' | 'publishAgreement'>;

/** What people agree to before pictures of them are worked on, and the texts of it. */
export function agreementHandlers(services: ApiServices): AgreementHandlers {
  return {
    async listAgreements({ who }) {
      const { pictures, agreements } = picturesOf(services);
      const [person, versions] = await Promise.all([pictures.person(who.owner), agreements.versions()]);
      return { items: currentVersions(versions).map((version) => agreementView(version, person, versions)) };
    },

    async decideAgreement({ who, body: { agreement, version, sha256, agree, purposes, name } }) {
      const versions = currentVersions(await picturesOf(services).agreements.versions());
      const current = versions.find((each) => each.agreement === agreement);
      if (current === undefined) throw new Problem('agreementMissing', { name: agreement });
      if (current.version !== version) throw new Problem('agreementChanged', { version: current.version });
      const text = textOf(current, sha256);
      const meant =
        purposes === undefined ? current.purposes : current.purposes.filter((each) => purposes.includes(each));
      const record = await decide(
        {
          ...{ owner: who.owner, version: current, text, purposes: meant, agree },
          ...(name !== undefined && { name }),
        },
        services,
      );
      return recordView(record);
    },

    async listRecords({ who, query }) {
      const page = await picturesOf(services).pictures.records(who.owner, pageOf(query));
      return { ...page, items: page.items.map(recordView) };
    },

    async publishAgreement({ who, body: { agreement, purposes, material, texts } }) {
      const { pictures, agreements } = picturesOf(services);
      adminsOnly(who, services, 'everybody of the lab is asked to agree to these texts');
      const named = texts.map(({ language, markdown }) => ({
        ...{ language, markdown },
        sha256: createHash('sha256').update(markdown, 'utf8').digest('hex'),
      }));
      const published = await agreements.publish({ agreement, purposes, material, texts: named });
      return agreementView(published, await pictures.person(who.owner), await agreements.versions());
    },
  };
}

const agreementView = (
  { agreement, version, purposes, material, texts, publishedAt }: AgreementVersion,
  person: PicturePerson,
  versions: readonly AgreementVersion[],
): AgreementView => ({
  ...{ agreement, version, material },
  purposes: purposes.map((purpose) => ({ purpose, standing: standingOf(person, purpose, versions) })),
  texts: [...texts],
  publishedAt: iso(publishedAt),
});

const recordView = ({ owner: _, savedAt, purposes, ...record }: AgreementRecord): RecordView => ({
  ...record,
  purposes: [...purposes],
  savedAt: iso(savedAt),
});
