/** A browser without a screen: cookies by path and lifetime, redirects one at a time, forms as they are in the page. */
export class Browser {
  readonly origin: string;
  /** Name to value and path; as a browser keeps them for one host. */
  readonly cookies = new Map<string, { value: string; path: string }>();

  constructor(origin: string) {
    this.origin = origin;
  }

  async fetch(where: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(where, this.origin);
    const cookies = [...this.cookies].filter(
      ([, { path }]) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`),
    );
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: cookies.map(([name, { value }]) => `${name}=${value}`).join('; '),
        ...init.headers,
      },
    });
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie);
    return response;
  }

  private keep(cookie: string) {
    const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const attribute = (name: string) =>
      attributes.find((text) => text.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
    const expires = attribute('expires');
    const name = pair.slice(0, at);
    if (expires !== undefined && new Date(expires).getTime() <= Date.now()) this.cookies.delete(name);
    else this.cookies.set(name, { value: pair.slice(at + 1), path: attribute('path') ?? '/' });
  }

  /** Follows redirects until a page, or until one leads to an address that starts with `stop` (default: another origin). */
  async open(where: string, stop?: string, init?: RequestInit): Promise<Visit> {
    let response = await this.fetch(where, init);
    let url = new URL(where, this.origin).href;
    for (let hops = 0; hops < 20; hops++) {
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null)
        return { url, status: response.status, response, text: await response.text() };
      url = new URL(location, url).href;
      if (stop !== undefined ? url.startsWith(stop) : !url.startsWith(`${this.origin}/`))
        return { url, status: response.status, response, text: '' };
      response = await this.fetch(url);
    }
    throw new Error(`too many redirects, last to ${url}`);
  }

  /** Fills the form of a page and sends it as its button would. */
  submit(
    page: Visit,
    values: Record<string, string>,
    { stop, at = 0, headers = {} }: { stop?: string; at?: number; headers?: Record<string, string> } = {},
  ): Promise<Visit> {
    const form = [...page.text.matchAll(/<form method="post" action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)][at];
    if (form === undefined) throw new Error(`no form ${at} in the page:\n${page.text}`);
    const [, action = '', content = ''] = form;
    const body = new URLSearchParams();
    for (const [tag] of content.matchAll(/<input [^>]*>/g)) {
      const get = (name: string) => unescapeHtml(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
      if (get('type') !== 'checkbox') body.set(get('name'), get('value'));
    }
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    return this.open(new URL(unescapeHtml(action), page.url).href, stop, {
      method: 'POST',
      body,
      headers: { origin: this.origin, ...headers },
    });
  }
}

export interface Visit {
  url: string;
  status: number;
  response: Response;
  text: string;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
export const unescapeHtml = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!);
