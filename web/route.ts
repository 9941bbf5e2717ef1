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
  | { screen: 'nowhere' };

export function routeOf({ pathname, search }: { pathname: string; search: string }): Route {
  if (pathname === '/') return { screen: 'jobs' };
  if (pathname === '/models') return { screen: 'models' };
  if (pathname === '/usage') return { screen: 'usage' };
  if (pathname === '/shared') return { screen: 'shared' };
  if (pathname === '/lab') {
    const forget = new URLSearchParams(search).get('forget');
    return { screen: 'lab', ...(forget !== null && { forget }) };
  }
  const id = /^\/jobs\/([a-z0-9-]{8,40})$/.exec(pathname)?.[1];
  if (id === undefined) return { screen: 'nowhere' };
  const query = new URLSearchParams(search);
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
export const viewerHref = (id: string, path: string): string => `${imageHref(id, path)}&look`;
