import { PolicyPack } from '@pulumi/policy';
import { rules } from './rules.ts';

/* `pulumi preview --policy-pack policies/pack`: the engine starts this file. */

new PolicyPack('labdeploy', {
  enforcementLevel: 'mandatory',
  policies: rules.map(({ name, description, check }) => ({
    name,
    description,
    validateStack({ resources }, report) {
      for (const { resource, message } of check(resources)) report(`${resource}: ${message}`);
    },
  })),
});
