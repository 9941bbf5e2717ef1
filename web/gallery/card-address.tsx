import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FigureView } from '../../functions/contract/gallery.ts';
import { words } from './words.ts';

/** Copies the address of a card where the browser lets it, and shows it in any case. */
export function CardAddress({ figure: { url, scope } }: { figure: Pick<FigureView, 'url' | 'scope'> }) {
  const copy = useMutation({
    mutationFn: async () => {
      const copied = await navigator.clipboard?.writeText(url).then(
        () => true,
        () => false, // not allowed here: it is shown to be copied by hand
      );
      return copied === true;
    },
  });
  return (
    <>
      <Button onClick={() => copy.mutate()}>{words.copy}</Button>
      {copy.data !== undefined && (
        <p className="public-link" role="status">
          {copy.data ? words.copied : words.made} {words.addressFor[scope]}
          <input readOnly aria-label={words.address} value={url} onFocus={(event) => event.currentTarget.select()} />
        </p>
      )}
    </>
  );
}
