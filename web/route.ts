/** The screens and their addresses. */
export type Route =
  | { screen: 'jobs' }
  | { screen: 'job'; id: string }
  | { screen: 'image'; id: string; path: string }
  | { screen: 'usage' }
  | { screen: 'nowhere' };

export function routeOf({ pathname, search }: { pathname: string; search: string }): Route {
  if (pathname === '/') return { screen: 'jobs' };
  if (pathname === '/usage') return { screen: 'usage' };
  const id = /^\/jobs\/([a-z0-9-]{8,40})$/.exec(pathname)?.[1];
  if (id === undefined) return { screen: 'nowhere' };
  const path = new URLSearchParams(search).get('image');
  return path === null ? { screen: 'job', id } : { screen: 'image', id, path };
}

export const jobPlace = (id: string): string => `/jobs/${id}`;
export const imagePlace = (id: string, path: string): string => `/jobs/${id}?${new URLSearchParams({ image: path })}`;
