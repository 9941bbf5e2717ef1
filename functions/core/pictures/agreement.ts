import { dayMs } from '../time.ts';
import type { Consent, Picture, PicturePerson, Purpose } from './picture.ts';

/** One language of a version: Markdown that never changes, named by its sha256 (hex). */
export interface AgreementText {
  language: string;
  sha256: string;
  markdown: string;
}

export interface NewVersion {
  /** Of the agreement: `photographs`. */
  agreement: string;
  purposes: readonly Purpose[];
  /** Consent to earlier versions lapses. */
  material: boolean;
  texts: readonly AgreementText[];
}

export interface AgreementVersion extends NewVersion {
  /** From 1, counted for each agreement. */
  version: number;
  publishedAt: number;
}

/** What a person says of a version whose text they saw. */
export interface Decision {
  owner: string;
  agreement: string;
  version: number;
  /** Of the text that was shown. */
  sha256: string;
  language: string;
  purposes: readonly Purpose[];
  agree: boolean;
  /** The name and the time that the caller gave, and the picture that it was about. */
  name?: string;
  claimedAt?: string;
  picture?: string;
}

/** Append-only; `record` counts those of one person, from 1. */
export interface AgreementRecord extends Decision {
  record: number;
  savedAt: number;
}

/** What was shown with consent to an earlier version stays so long after a material one. */
const graceMs = 30 * dayMs;

/** When the consent lapsed: the first later version of its agreement that is material and has the purpose. */
function lapsedAt(consent: Consent, purpose: Purpose, versions: readonly AgreementVersion[]): number | undefined {
  const later = versions.filter(
    ({ agreement, version, material, purposes }) =>
      agreement === consent.agreement && version > consent.version && material && purposes.includes(purpose),
  );
  return later.length === 0 ? undefined : Math.min(...later.map(({ publishedAt }) => publishedAt));
}

type Consents = Pick<PicturePerson, 'consents' | 'withdrawn'>;
type Needing = Pick<Picture, 'needs' | 'number'>;

/** It was there when its owner declined a purpose that it needs; agreeing again does not bring it back. */
export const isWithdrawn = ({ withdrawn = {} }: Consents, { needs, number }: Needing): boolean =>
  needs.some((purpose) => number <= (withdrawn[purpose] ?? 0));

/** New work may begin: each purpose is agreed to, by the version that stands. */
export const mayProcess = (person: Consents, picture: Needing, versions: readonly AgreementVersion[]): boolean =>
  !isWithdrawn(person, picture) &&
  picture.needs.every((purpose) => {
    const consent = person.consents[purpose];
    return consent?.agree === true && lapsedAt(consent, purpose, versions) === undefined;
  });

/** What is completed may be shown: each purpose is agreed to, and did not lapse longer ago than `graceMs`. */
export const mayShow = (
  person: Consents,
  picture: Needing,
  versions: readonly AgreementVersion[],
  now: number,
): boolean =>
  !isWithdrawn(person, picture) &&
  picture.needs.every((purpose) => {
    const consent = person.consents[purpose];
    return consent?.agree === true && now < (lapsedAt(consent, purpose, versions) ?? Infinity) + graceMs;
  });

/** The newest version of each agreement, by name. */
export function currentVersions(versions: readonly AgreementVersion[]): AgreementVersion[] {
  const newest = new Map<string, AgreementVersion>();
  for (const each of versions) {
    const known = newest.get(each.agreement);
    if (known === undefined || known.version < each.version) newest.set(each.agreement, each);
  }
  return [...newest.values()].sort((a, b) => (a.agreement < b.agreement ? -1 : 1));
}

/** `lapsed`: agreed to, but to a version that no longer stands. `open`: nothing was said yet. */
export type Standing = 'agreed' | 'lapsed' | 'declined' | 'open';

export function standingOf({ consents }: Consents, purpose: Purpose, versions: readonly AgreementVersion[]): Standing {
  const consent = consents[purpose];
  if (consent === undefined) return 'open';
  if (!consent.agree) return 'declined';
  return lapsedAt(consent, purpose, versions) === undefined ? 'agreed' : 'lapsed';
}
