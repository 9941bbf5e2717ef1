import type { Me } from '../../functions/contract/service.ts';
import { useService } from '../api/context.tsx';
import { useMe } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Meter } from '../components/meter.tsx';
import { Show } from '../components/show.tsx';
import { inBytes, inDuration, inNumbers, inTime } from '../format.ts';
import { strings } from '../strings.ts';
import { ExportMe } from './export-me.tsx';
import { PlanCard } from './plan-card.tsx';

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
      {me.archive !== undefined && (
        <p className="soft">
          {strings.planArchives(inDuration(me.archive.afterSeconds * 1000), me.archive.restores)}
          {me.archive.days !== undefined && ` ${strings.planDeletes(me.archive.days)}`}
        </p>
      )}
      <Used label={strings.jobsAtOnce} used={usage.jobsAtOnce} limit={limits.jobsAtOnce} words={inNumbers} />
      <Used label={strings.jobsToday} used={usage.jobsToday} limit={limits.jobsPerDay} words={inNumbers} />
      <Used label={strings.bytesToday} used={usage.bytesToday} limit={limits.bytesPerDay} words={inBytes} />
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
        </ul>
      )}
      {config.signIn === 'accounts' && config.upgrades === undefined && <p className="soft">{strings.overLimits}</p>}
      {config.upgrades !== undefined && <PlanCard />}
      <ExportMe />
    </>
  );
}

interface UsedProps {
  label: string;
  used: number;
  /** `Number.MAX_SAFE_INTEGER`: there is none. */
  limit: number;
  words(amount: number): string;
}

function Used({ label, used, limit, words }: UsedProps) {
  const text =
    limit === Number.MAX_SAFE_INTEGER
      ? strings.usedWithoutLimit(words(used))
      : strings.usedOf(words(used), words(limit));
  return <Meter label={label} value={used / limit} text={text} />;
}
