import {
  DescribeIdentityProviderCommand,
  DescribeUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from '@jest/globals';
import type { AwsAccount } from '../../../cli/deploy/account.ts';
import { setInstitutions } from '../../../cli/deploy/institutions.ts';
import { signInWithSchema } from '../../../functions/stack/sign-in-with.ts';
import { clientSettings } from '../../support/simulated-account/clients.ts';
import type { SimulatedService } from '../../support/simulated-account/service.ts';

const minutes = 60_000;
const row = { name: 'My Uni', issuer: 'https://login.uni.example', clientId: 'lab', allowedDomains: ['uni.example'] };

export const institutionConfig = { signInWith: JSON.stringify([row]) };

/** Of a deployment with `institutionConfig`. */
export function institutions(service: () => SimulatedService): void {
  describe('an institution to sign in with', () => {
    const detailsOf = async () => {
      const { clients, outputs } = service();
      const provider = { UserPoolId: outputs.userPoolId, ProviderName: 'My-Uni' };
      const { IdentityProvider } = await clients.cognito.send(new DescribeIdentityProviderCommand(provider));
      return IdentityProvider!.ProviderDetails!;
    };

    it('is a provider of the pool that its clients offer', async () => {
      const { clients, outputs } = service();
      expect(await detailsOf()).toMatchObject({ oidc_issuer: row.issuer, client_id: 'lab' });
      for (const ClientId of Object.values(outputs.clientIds)) {
        const asked = new DescribeUserPoolClientCommand({ UserPoolId: outputs.userPoolId, ClientId });
        const { UserPoolClient } = await clients.cognito.send(asked);
        expect(UserPoolClient!.SupportedIdentityProviders!.toSorted()).toEqual(['COGNITO', 'My-Uni']);
      }
    });

    it(
      'gets its secret beside the engine, which does not take it away',
      async () => {
        const { moto, outputs, stack } = service();
        const account = { client: clientSettings(moto.url) } as unknown as AwsAccount;
        const secret = 'a secret of the institution';
        const wanted = [{ row: signInWithSchema.parse([row])[0]!, secret }];
        expect(await setInstitutions(wanted, { account, userPoolId: outputs.userPoolId })).toEqual(['My Uni']);
        const { changes } = await stack.run('preview');
        const ofProvider = changes.filter(({ type }) => type === 'aws:cognito/identityProvider:IdentityProvider');
        expect(ofProvider.map(({ operation }) => operation)).toEqual(['same']);
        expect((await detailsOf()).client_secret).toBe(secret);
      },
      8 * minutes,
    );
  });
}
