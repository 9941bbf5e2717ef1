import type { ResourceTransformation } from '@pulumi/pulumi';

/** Their names have a digest of what they are, and a live endpoint needs the old ones until it has the new ones. */
const namedByContent = new Set([
  'aws:sagemaker/model:Model',
  'aws:sagemaker/endpointConfiguration:EndpointConfiguration',
]);

/** Nearly every name is fixed, so that what must be made anew goes before the new one can take its name. */
export const deleteBeforeReplace: ResourceTransformation = ({ type, props, opts }) =>
  type.startsWith('aws:') && !namedByContent.has(type)
    ? { props, opts: { ...opts, deleteBeforeReplace: true } }
    : undefined;
