import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface LoopbackCertificate {
  cert: Buffer;
  key: Buffer;
  /** File of the authority that a client must trust. */
  authority: string;
}

/** For servers at 127.0.0.1, good for a day; its files are in `folder`. */
export async function loopbackCertificate(folder: string): Promise<LoopbackCertificate> {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  await promisify(execFile)('openssl', [...kind, '-keyout', key, '-out', cert, ...subject]);
  return { cert: await readFile(cert), key: await readFile(key), authority: cert };
}
