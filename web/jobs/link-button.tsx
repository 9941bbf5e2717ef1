import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useService } from '../api/context.tsx';
import { Trouble } from '../components/show.tsx';
import { inTime } from '../format.ts';
import { strings } from '../strings.ts';

/** A link is good for so many days. */
const days = 7;

/** Makes a link that needs no sign-in, copies it where the browser lets it, and shows it in any case. */
export function LinkButton({ id }: { id: string }) {
  const { call } = useService();
  const make = useMutation({
    mutationFn: async () => {
      const link = await call('createLink', { params: { id }, body: { days } });
      const copied = await navigator.clipboard?.writeText(link.url).then(
        () => true,
        () => false, // not allowed here: it is shown to be copied by hand
      );
      return { ...link, copied: copied === true };
    },
  });
  return (
    <>
      <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
        {strings.copyLink}
      </Button>
      {make.data !== undefined && (
        <p className="public-link" role="status">
          {make.data.copied ? strings.linkCopied : strings.linkMade} {strings.linkUntil(inTime(make.data.expiresAt))}
          <input
            readOnly
            aria-label={strings.linkLabel}
            value={make.data.url}
            onFocus={(event) => event.currentTarget.select()}
          />
        </p>
      )}
      {make.error !== null && <Trouble title={strings.linkFailed} error={make.error} />}
    </>
  );
}
