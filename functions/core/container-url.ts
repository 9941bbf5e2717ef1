/** Whether a model is named by the address of a container that runs, and not by a path or a name. */
export const isContainerUrl = (model: string): boolean => /^https?:\/\//i.test(model) && URL.canParse(model);
