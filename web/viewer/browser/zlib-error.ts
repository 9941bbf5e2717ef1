/** Errors as zlib's, which the reader puts into words: ERR_BUFFER_TOO_LARGE, Z_DATA_ERROR, ZSTD_error. */
export const zlibError = (code: string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { code });
