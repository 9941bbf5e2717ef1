/** The screens and their addresses. */
export type Route =
  | { screen: 'jobs' }
  /** `download`: begin it, once there is something. */
  | { screen: 'job'; id: string; download?: true }
  /** Its images with other settings. */
  | { screen: 'again'; id: string }
  /** Two jobs of the same images side by side. */
  | { screen: 'compare'; id: string; other?: string; path?: string }
  | { screen: 'image'; id: string; path: string }
  /** Down to its pixels. */
  | { screen: 'viewer'; id: string; path: string }
  | { screen: 'models' }
  | { screen: 'usage' }
  /** People, use and disk, for administrators. `forget`: ask whether all of this person is to be deleted. */
  | { screen: 'lab'; forget?: string }
  /** What others share, and what you share. */
  | { screen: 'shared' }
  /** What the lab has published. */
  | { screen: 'gallery' }
  | { screen: 'card'; id: string }
  /** Pictures of people: one's own, what was agreed to, and those that wait for a person to look at them. */
  | { screen: 'pictures' }
  | { screen: 'agreements' }
  | { screen: 'reviews' }
  | { screen: 'review'; person: string; picture: string }
  | { screen: 'nowhere' };

/** Screens of one address. */
const fixed: Readonly<Record<string, Route>> = {
  '/': { screen: 'jobs' },
  '/models': { screen: 'models' },
  '/usage': { screen: 'usage' },
  '/shared': { screen: 'shared' },
  '/pictures': { screen: 'pictures' },
  '/agreements': { screen: 'agreements' },
};

/** Screens of one address that a query says more of. */
const byQuery: Readonly<Record<string, (query: URLSearchParams) => Route>> = {
  '/lab'(query) {
    const forget = query.get('forget');
    return { screen: 'lab', ...(forget !== null && { forget }) };
  },
  '/gallery'(query) {
    const card = query.get('card');
    return card === null ? { screen: 'gallery' } : { screen: 'card', id: card };
  },
  '/reviews'(query) {
    const person = query.get('person');
    const picture = query.get('picture');
    return person === null || picture === null ? { screen: 'reviews' } : { screen: 'review', person, picture };
  },
};

export function routeOf({ pathname, search }: { pathname: string; search: string }): Route {
  if (Object.hasOwn(fixed, pathname)) return fixed[pathname]!;
  const query = new URLSearchParams(search);
  if (Object.hasOwn(byQuery, pathname)) return byQuery[pathname]!(query);
  const id = /^\/jobs\/([a-z0-9-]{8,40})$/.exec(pathname)?.[1];
  if (id === undefined) return { screen: 'nowhere' };
  const path = query.get('image');
  const other = query.get('compare');
  if (other !== null) return { screen: 'compare', id, ...(other !== '' && { other }), ...(path !== null && { path }) };
  if (path !== null) return { screen: query.has('look') ? 'viewer' : 'image', id, path };
  if (query.has('again')) return { screen: 'again', id };
  return { screen: 'job', id, ...(query.has('download') && { download: true }) };
}

export const jobHref = (id: string): string => `/jobs/${id}`;
export const againHref = (id: string): string => `${jobHref(id)}?again`;
export const compareHref = (id: string, other = '', path?: string): string =>
  `${jobHref(id)}?${new URLSearchParams({ compare: other, ...(path !== undefined && { image: path }) })}`;
export const imageHref = (id: string, path: string): string => `/jobs/${id}?${new URLSearchParams({ image: path })}`;
export const galleryHref = '/gallery';
export const cardHref = (id: string): string => `${galleryHref}?${new URLSearchParams({ card: id })}`;
export const picturesHref = '/pictures';
export const agreementsHref = '/agreements';
export const reviewsHref = '/reviews';
export const reviewHref = (person: string, picture: string): string =>
  `${reviewsHref}?${new URLSearchParams({ person, picture })}`;
export const viewerHref = (id: string, path: string): string => `${imageHref(id, path)}&look`;
