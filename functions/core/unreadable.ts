const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its path is too long for the system',
  ENOTDIR: 'a folder above it is a file now',
  EISDIR: 'it is a folder now',
  ENXIO: 'it is no file any more',
  EIO: 'the disk reports an error',
  ESTALE: 'the network drive does not have it any more',
  EOVERFLOW: 'it is too large for this system',
};

/**
 * Why the system does not let a file of the user be read, in words. Undefined for what is not the file's fault: too many
 * open files, no memory.
 */
export const unreadableReason = (error: unknown): string | undefined =>
  reasons[(error as { code?: string }).code ?? ''];

/** Of Node's `Stats`. */
type Kind = Record<'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket', () => boolean>;

/** What a name leads to that is no regular file, and must not be opened: reading a pipe or device may never end. */
export function specialKind(stats: Kind): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return 'it is a folder, not a file';
  if (stats.isFIFO()) return 'it is a named pipe, not a file';
  return stats.isSocket() ? 'it is a socket, not a file' : 'it is a device, not a file';
}
