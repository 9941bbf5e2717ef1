/** Where a container answers: its address may have a path, which what is asked comes behind. */
export const routeOf = (container: string, route: '/ping' | '/invocations'): URL =>
  new URL(container.replace(/\/+$/, '') + route);

/** Whether a model is named by the address of a container that runs, and not by a path or a name. */
export const isContainerUrl = (model: string): boolean => /^https?:\/\//i.test(model) && URL.canParse(model);
