/** Other origins that the page works with: where it signs in, and where its images and results are. */
export interface PageOrigins {
  issuers?: readonly string[];
  objects?: readonly string[];
}

const self = "'self'";

/** Content-Security-Policy of the web page, by directive: its own files, and what it must reach. */
export const pagePolicy = ({ issuers = [], objects = [] }: PageOrigins = {}): Record<string, string[]> => ({
  'default-src': ["'none'"],
  'script-src': [self],
  'style-src': [self], // scripts set styles on elements, which no policy limits; the page writes no style elements
  'img-src': [self, 'blob:', 'data:', ...objects],
  'font-src': [self],
  'connect-src': [self, ...issuers, ...objects],
  'worker-src': [self, 'blob:'],
  'frame-src': [self], // silent sign-in
  'manifest-src': [self],
  'form-action': [self],
  'base-uri': ["'none'"],
  'frame-ancestors': [self],
});

/** As the header has it. */
export const policyText = (policy: Record<string, readonly string[]>): string =>
  Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ');
