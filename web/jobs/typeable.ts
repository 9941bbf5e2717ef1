/** Letters, digits, single blanks and usual marks, that are easy to count. */
export const typeable = (name: string): boolean =>
  name.length <= 40 && /^[\p{L}\p{N}]([\p{L}\p{N}._-]| (?! ))*$/u.test(name) && name === name.normalize('NFC').trim();
