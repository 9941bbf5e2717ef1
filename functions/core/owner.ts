/** What a key on every store can hold as it is, and no more than S3 leaves for it (core/paths). */
const plain = /^(?=.*[^.])[\w.|@:=-]{1,200}$/;

/**
 * The owner in keys and tables: the issuer's `sub`, or, where that cannot be a name, `~` and its UTF-8 bytes' digest.
 * `digest`: sha256 in hex.
 */
export const ownerOf = (sub: string, digest: (text: string) => string): string =>
  plain.test(sub) ? sub : `~${digest(sub)}`;
