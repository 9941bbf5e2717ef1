import { Button } from '@mantine/core';
import type { UserManager } from 'oidc-client-ts';
import type { PublicConfig } from '../../functions/contract/service.ts';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';

interface WelcomeProps {
  config: PublicConfig;
  manager: UserManager;
  error?: unknown;
}

const signUpTexts: Record<PublicConfig['signUp'], string | undefined> = {
  closed: strings.signUpClosed,
  invite: strings.signUpInvite,
  domains: undefined,
  open: undefined,
};

/** The way in. Who makes an account comes through the sign-in too: the issuer offers it there. */
export function Welcome({ config, manager, error }: WelcomeProps) {
  const enter = () => void manager.signinRedirect({ state: location.pathname + location.search });
  const oneLink = config.signIn === 'link';
  const mayJoin = config.signUp === 'open' || config.signUp === 'domains';
  return (
    <main className="narrow">
      <p className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        {strings.product}
      </p>
      <h1>{strings.welcome}</h1>
      <p>{strings.welcomeText}</p>
      {error !== undefined && <Trouble title={strings.signInFailed} error={error} />}
      {oneLink && <p>{strings.welcomeLink}</p>}
      <div className="row">
        <Button size="md" onClick={enter}>
          {oneLink ? strings.haveLink : strings.signIn}
        </Button>
        {!oneLink && mayJoin && (
          <Button size="md" variant="default" onClick={enter}>
            {strings.createAccount}
          </Button>
        )}
      </div>
      {!oneLink && signUpTexts[config.signUp] !== undefined && <p className="soft">{signUpTexts[config.signUp]}</p>}
    </main>
  );
}
