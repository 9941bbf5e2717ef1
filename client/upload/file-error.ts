const messages = {
  gone: 'the file is gone: it was deleted, moved or renamed after it was chosen',
  changed: 'the file was changed after it was chosen',
  unreadable: 'the file cannot be read: its rights or its disk do not allow it',
} as const;

/** A file of this machine that cannot be sent as it was chosen. Repeating gives the same. */
export class FileError extends Error {
  readonly reason: keyof typeof messages;

  constructor(reason: keyof typeof messages, options?: ErrorOptions) {
    super(messages[reason], options);
    this.name = 'FileError';
    this.reason = reason;
  }
}

/** The bytes, or FileError: a browser and Node say by the name of the error that a file is not as it was opened. */
export async function readBlob(blob: Blob): Promise<ArrayBuffer> {
  try {
    return await blob.arrayBuffer();
  } catch (error) {
    const { name } = error as Error;
    if (name === 'NotFoundError') throw new FileError('gone', { cause: error });
    throw new FileError(name === 'NotReadableError' ? 'changed' : 'unreadable', { cause: error });
  }
}
