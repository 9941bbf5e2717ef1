import type * as pulumi from '@pulumi/pulumi';
import type { StackContext } from './stack-context.ts';

/** What every part of a service is made with. */
export interface PartArgs {
  /** First word of the names of its resources in the engine's state. */
  name: string;
  context: StackContext;
  /** Folder with one built function a name. */
  code: string;
  childOpts: pulumi.ComponentResourceOptions;
}
