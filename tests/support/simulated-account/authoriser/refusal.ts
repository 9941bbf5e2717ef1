import type { ServerResponse } from 'node:http';
import type { SignedRequest } from './signed-request.ts';

export interface Refusal {
  status: number;
  /** As S3 and the query protocol name it. */
  code: string;
  message: string;
}

/** JSON protocols have other names for some. */
const jsonCodes: Record<string, string> = {
  AccessDenied: 'AccessDeniedException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  InvalidAccessKeyId: 'UnrecognizedClientException',
  InvalidToken: 'UnrecognizedClientException',
};

/** Refuses a request in the form that its service would. */
export function refuse(
  response: ServerResponse,
  { headers, method }: SignedRequest,
  service: string,
  { status, code, message }: Refusal,
): void {
  const text = message.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
  const error = `<Code>${code}</Code><Message>${text}</Message>`;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const answer = (type: string, body: string, more = {}) => {
    response.writeHead(status, { 'content-type': type, ...more });
    response.end(method === 'HEAD' ? undefined : body);
  };
  if (service === 's3') {
    // The real S3 answers by the bucket's rules, which a refusal has not read.
    answer('application/xml', `<Error>${error}</Error>`, { 'access-control-allow-origin': '*' });
  } else if (isForm || service === 'cloudfront') {
    answer('text/xml', `<ErrorResponse><Error><Type>Sender</Type>${error}</Error></ErrorResponse>`);
  } else {
    const name = jsonCodes[code] ?? code;
    answer('application/json', JSON.stringify({ __type: name, message }), { 'x-amzn-errortype': name });
  }
}
