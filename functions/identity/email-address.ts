import { domainToASCII } from 'node:url';

/** Longest address that mail can carry (RFC 5321, erratum 1690). */
const longest = 254;

/**
 * The form in which addresses are compared: no case, one spelling of international names. Undefined: not an address, or
 * one with characters that are not seen, which would look like another's.
 */
export function emailKey(address: string): string | undefined {
  const text = address.trim().normalize('NFKC').toLowerCase();
  const parts = /^([^\s@"(),:;<>[\\\]\p{Cc}\p{Cf}]+)@([\p{L}\p{M}\p{N}.-]+)$/u.exec(text);
  const domain = domainToASCII(parts?.[2] ?? '');
  if (parts === null || domain === '' || !/^[a-z0-9.-]+$/.test(domain)) return undefined;
  const key = `${parts[1]}@${domain}`;
  return key.length <= longest ? key : undefined;
}
