import { Failure } from '../core/errors.ts';
import type { SentPart } from '../ports/signed-access.ts';

/** What makes completing an upload of `key` fail: throws `objectCorrupt`, as SignedAccess.completeMultipart promises. */
export function checkNamedParts(
  key: string,
  sent: readonly SentPart[],
  named: readonly { part: number; etag: string }[],
  expected: { bytes: number },
): void {
  const wrong = (why: string) => new Failure('objectCorrupt', { key, detail: why });
  const known = new Map(sent.map((each) => [each.part, each]));
  let bytes = 0;
  let last = 0;
  for (const { part, etag } of named) {
    const there = known.get(part);
    if (part <= last) throw wrong(`part ${part} comes after part ${last}`);
    if (there === undefined) throw wrong(`part ${part} is not there`);
    if (unquoted(there.etag) !== unquoted(etag)) throw wrong(`part ${part} is not the one that is named`);
    bytes += there.bytes;
    last = part;
  }
  if (bytes !== expected.bytes) throw wrong(`its parts have ${bytes} bytes, not ${expected.bytes}`);
}

const unquoted = (etag: string): string => etag.replaceAll('"', '');
