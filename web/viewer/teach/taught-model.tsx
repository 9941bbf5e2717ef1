import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useService } from '../../api/context.tsx';
import { keys, useMe, useVersions } from '../../api/queries.ts';
import { Notice } from '../../components/notice.tsx';
import { teachWords as words } from './teach-words.ts';

/** The model that was better: whether new jobs can use it, which one click changes, and one more takes back. */
export function TaughtModel({ id }: { id: string }) {
  const { call, config } = useService();
  const client = useQueryClient();
  const versions = useVersions();
  const me = useMe();
  const params = { version: id };
  const onSettled = async () => {
    await client.invalidateQueries({ queryKey: keys.versions });
    await client.invalidateQueries({ queryKey: keys.models });
  };
  const use = useMutation({ mutationFn: () => call('offerVersion', { params }), onSettled });
  const takeBack = useMutation({ mutationFn: () => call('retireVersion', { params }), onSettled });
  const version = versions.state === 'ready' ? versions.data.find((each) => each.id === id) : undefined;
  if (version === undefined) return null;
  const { state, offered, failure } = version;
  const mayChange = config.signIn === 'link' || (me.state === 'ready' && me.data.admin);
  const error = use.error ?? takeBack.error;
  if (state === 'refused') return <Notice kind="bad" title={words.refused(failure?.message ?? '')} />;
  if (state === 'retired') return <p className="soft">{words.takenBack}</p>;
  if (state !== 'ready') return <p className="soft">{words.checking}</p>;
  return (
    <>
      {offered && <p>{words.used}</p>}
      {!offered && !mayChange && <p className="soft">{words.byAdmins}</p>}
      {mayChange && (
        <div className="row viewer-tools">
          {offered ? (
            <Button variant="default" size="compact-sm" loading={takeBack.isPending} onClick={() => takeBack.mutate()}>
              {words.takeBack}
            </Button>
          ) : (
            <Button size="compact-sm" loading={use.isPending} onClick={() => use.mutate()}>
              {words.use}
            </Button>
          )}
        </div>
      )}
      {error !== null && <Notice kind="bad" title={error.message} />}
    </>
  );
}
