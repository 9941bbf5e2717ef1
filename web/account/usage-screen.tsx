import type { Me } from '../../functions/contract/schemas.ts';
import { useService } from '../api/context.tsx';
import { useMe } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Meter } from '../components/meter.tsx';
import { Show } from '../components/show.tsx';
import { inBytes, inNumbers, inTime } from '../format.ts';
import { strings } from '../strings.ts';

export function UsageScreen() {
  const me = useMe();
  return (
    <>
      <ScreenHeading>{strings.usageTitle}</ScreenHeading>
      <Show what={me}>{(data) => <Usage me={data} />}</Show>
    </>
  );
}

function Usage({ me }: { me: Me }) {
  const { config } = useService();
  const { usage, limits } = me;
  const who = me.name ?? me.email;
  // The pages of the issuer that belongs to this service; another issuer has its own.
  const own = config.signIn === 'accounts' && new URL(config.issuer).origin === location.origin;
  return (
    <>
      <p>
        {who !== undefined && `${strings.signedInAs(who)} · `}
        {strings.plan(me.plan)}
      </p>
      <Meter
        label={strings.jobsAtOnce}
        value={usage.jobsAtOnce / limits.jobsAtOnce}
        text={strings.usedOf(inNumbers(usage.jobsAtOnce), inNumbers(limits.jobsAtOnce))}
      />
      <Meter
        label={strings.jobsToday}
        value={usage.jobsToday / limits.jobsPerDay}
        text={strings.usedOf(inNumbers(usage.jobsToday), inNumbers(limits.jobsPerDay))}
      />
      <Meter
        label={strings.bytesToday}
        value={usage.bytesToday / limits.bytesPerDay}
        text={strings.usedOf(inBytes(usage.bytesToday), inBytes(limits.bytesPerDay))}
      />
      <p className="soft">{strings.resets(inTime(usage.resetsAt))}</p>
      <h2>{strings.limits}</h2>
      <dl className="facts">
        <div>
          <dt>{strings.filesPerJob}</dt>
          <dd>{inNumbers(limits.filesPerJob)}</dd>
        </div>
        <div>
          <dt>{strings.bytesPerFile}</dt>
          <dd>{inBytes(limits.bytesPerFile)}</dd>
        </div>
        <div>
          <dt>{strings.bytesPerArchive}</dt>
          <dd>{inBytes(limits.bytesPerArchive)}</dd>
        </div>
      </dl>
      {own && (
        <ul className="row plain">
          <li>
            <a href={`${config.issuer}/account`}>{strings.account}</a>
          </li>
          {me.admin && (
            <li>
              <a href={`${config.issuer}/admin`}>{strings.people}</a>
            </li>
          )}
        </ul>
      )}
      <p className="soft">{strings.overLimits}</p>
    </>
  );
}
