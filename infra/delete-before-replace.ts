import type { ResourceTransformation } from '@pulumi/pulumi';

/** Every name is fixed, so that what must be made anew goes before the new one can take its name. */
export const deleteBeforeReplace: ResourceTransformation = ({ type, props, opts }) =>
  type.startsWith('aws:') ? { props, opts: { ...opts, deleteBeforeReplace: true } } : undefined;
