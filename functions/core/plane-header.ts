/** Characters of a channel's name that are sent: servers take some 8 kB of headers. */
const shownName = 100;

interface Facts {
  /** Micrometres. */
  pixelSize?: object;
  channels?: readonly (string | undefined)[];
}

/** What is known of a plane, as a container gets it (docs/containers.md): JSON in ASCII, as headers are. */
export function planeHeader({ pixelSize, channels }: Facts): string {
  const named = channels?.map((name) => name?.slice(0, shownName) ?? null);
  return JSON.stringify({ pixelSize, channels: named }).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
