import type { ResourceTransformation } from '@pulumi/pulumi';
import { taggedTypes } from '../policies/tagged-types.ts';

/** Puts the tags on every resource below a component. Throws for a type that is not listed here. */
export const tagging =
  (tags: Readonly<Record<string, string>>): ResourceTransformation =>
  ({ type, props, opts }) => {
    if (!type.startsWith('aws:')) return undefined;
    const takes = taggedTypes[type];
    if (takes === undefined) throw new RangeError(`policies/tagged-types does not say whether ${type} takes tags`);
    return takes ? { props: { ...props, tags: { ...tags, ...props.tags } }, opts } : undefined;
  };
