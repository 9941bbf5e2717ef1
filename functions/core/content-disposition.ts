/** Content-Disposition that makes a browser save under this name. Source: RFC 6266, with the encoding of RFC 8187. */
export function attachment(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(/['()*]/g, escaped);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

const escaped = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
