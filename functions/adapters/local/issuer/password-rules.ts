import { commonPasswords } from './common-passwords.ts';

export const shortestPassword = 10;
/** Long enough for any sentence; bounds what one form makes the service hash. */
export const longestPassword = 256;

export type PasswordFault = 'short' | 'long' | 'common' | 'personal';

/** Length and guessability, no rules of composition (NIST SP 800-63B). Lengths are in characters as a person counts them. */
export function passwordFault(password: string, person: { email: string; name?: string }): PasswordFault | undefined {
  const length = [...password.normalize('NFKC')].length;
  if (length < shortestPassword) return 'short';
  if (length > longestPassword) return 'long';
  const plain = simplified(password);
  if (commonPasswords.has(plain) || new Set(plain).size <= 3 || isRun(plain)) return 'common';
  const [user = ''] = person.email.split('@');
  const own = [person.email, user, person.name ?? '', 'labdeploy'].map(simplified).filter((word) => word.length >= 4);
  const rest = own.reduce((text, word) => text.replaceAll(word, ''), plain);
  return rest.replace(/\d/g, '').length < 4 && rest !== plain ? 'personal' : undefined;
}

/** What people vary to pass a rule: case, separators, marks around the word. */
const simplified = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s._-]/g, '')
    .replace(/[!?*#$]+$/, '');

/** One step up or down all along: 123456789012, zyxwvutsrq. */
function isRun(text: string): boolean {
  const steps = [...text].slice(1).map((_, i) => text.charCodeAt(i + 1) - text.charCodeAt(i));
  const same = steps.filter((step) => Math.abs(step) === 1 || (text.match(/^\d+$/) && Math.abs(step) === 9)).length;
  return same === steps.length;
}
