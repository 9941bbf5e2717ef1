import type { AgreementView, RecordView } from '../../functions/contract/agreements.ts';
import type { BaseView } from '../../functions/contract/pictures.ts';
import { event } from './event.ts';
import { table } from './format.ts';

const textsOf = ({ texts }: AgreementView): string => texts.map(({ language }) => language).join(', ');
const labelsOf = ({ labels }: BaseView): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

/** What is said of agreements and base pictures. */
export const peopleEvents = {
  'agreements.listed': event<{ agreements: AgreementView[] }>('result', ({ agreements }) =>
    agreements.length === 0
      ? 'no text is published, so no picture of a person is worked on'
      : table([
          ['agreement', 'version', 'published', 'languages', 'purpose', 'you'],
          ...agreements.flatMap((each) =>
            each.purposes.map(({ purpose, standing }) => [
              ...[each.agreement, String(each.version), each.publishedAt.slice(0, 10), textsOf(each)],
              ...[purpose, standing === 'open' ? 'not asked yet' : standing],
            ]),
          ),
        ]).join('\n'),
  ),
  'agreements.records': event<{ records: RecordView[] }>('result', ({ records }) =>
    records.length === 0
      ? 'you have agreed to nothing'
      : table([
          ['time', 'said', 'purposes', 'agreement', 'version', 'language', 'sha256 of the text'],
          ...records.map(({ savedAt, agree, purposes, agreement, version, language, sha256 }) => [
            ...[savedAt, agree ? 'agreed' : 'withdrawn', purposes.join(', '), agreement],
            ...[String(version), language, sha256],
          ]),
        ]).join('\n'),
  ),
  'agreements.published': event<{ agreement: AgreementView }>('result', ({ agreement }) =>
    [
      `${agreement.agreement} version ${agreement.version} is published (${textsOf(agreement)})${agreement.material ? '; people are asked again' : ''}`,
      ...agreement.texts.map(({ language, sha256 }) => `  ${language}  sha256 ${sha256}`),
    ].join('\n'),
  ),
  'bases.listed': event<{ recipe: string; bases: BaseView[] }>('result', ({ recipe, bases }) =>
    bases.length === 0
      ? `${recipe} has no base picture`
      : table([
          ['base', 'added', 'labels', 'file', 'story'],
          ...bases.map((base) => [
            ...[base.id, base.addedAt.slice(0, 10), labelsOf(base)],
            ...[base.download === undefined ? 'has not arrived' : 'is there', base.story],
          ]),
        ]).join('\n'),
  ),
  'bases.added': event<{ base: BaseView }>(
    'result',
    ({ base }) => `${base.recipe} has the base picture ${base.id} (${labelsOf(base)})`,
  ),
  'bases.removed': event<{ id: string; recipe: string }>(
    'result',
    ({ id, recipe }) => `the base picture ${id} of ${recipe} is deleted`,
  ),
};
