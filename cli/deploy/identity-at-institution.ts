import { brokerSubject, isBrokered, orcidIssuer } from '../../functions/stack/sign-in-broker.ts';
import { rowId, type SignInWith } from '../../functions/stack/sign-in-with.ts';
import { providerName } from '../../infra/institutions.ts';
import { UserError } from '../errors.ts';

export interface IdentityAtInstitution {
  /** As people know the institution. */
  institution: string;
  /** As the pool calls it. */
  provider: string;
  /** As the pool knows the person. */
  subject: string;
}

/** Reads `ORCID:0000-0002-1825-0097`: an institution of `signInWith`, and what it calls the person (`sub`). Throws `usage`. */
export function identityAtInstitution(text: string, rows: readonly SignInWith[]): IdentityAtInstitution {
  const at = text.indexOf(':');
  const name = text.slice(0, Math.max(at, 0));
  const subject = text.slice(at + 1).trim();
  const row = rows.find((each) => rowId(each) === rowId({ name }));
  if (at < 1 || subject === '')
    throw refused(`'${text}' is not INSTITUTION:SUBJECT, such as ORCID:0000-0002-1825-0097`);
  if (row === undefined) {
    const names = rows.map((each) => each.name).join(', ') || 'it has no row';
    throw refused(`'${name}' is no institution of signInWith (${names})`);
  }
  if (row.issuer === orcidIssuer && !isOrcid(subject))
    throw refused(`'${subject}' is no ORCID iD: 16 digits in groups of four, of which the last one is a check`);
  return {
    institution: row.name,
    provider: providerName(row),
    subject: isBrokered(row) ? brokerSubject(row.issuer, subject) : subject,
  };
}

/** ISO 7064, MOD 11-2. Source: ORCID, structure of the ORCID identifier. */
function isOrcid(text: string): boolean {
  if (!/^(\d{4}-){3}\d{3}[\dX]$/.test(text)) return false;
  const [check, ...digits] = [...text.replaceAll('-', '')].reverse();
  const total = digits.reverse().reduce((sum, digit) => (sum + Number(digit)) * 2, 0);
  const expected = (12 - (total % 11)) % 11;
  return check === (expected === 10 ? 'X' : String(expected));
}

const refused = (detail: string): UserError => new UserError('usage', { detail, command: 'users add' });
