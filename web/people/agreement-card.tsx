import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { AgreementView } from '../../functions/contract/agreements.ts';
import type { Purpose } from '../../functions/core/pictures/picture.ts';
import { useService } from '../api/context.tsx';
import { Trouble } from '../components/show.tsx';
import { inTime } from '../format.ts';
import { AgreementText } from './agreement-text.tsx';
import { peopleKeys } from './queries.ts';
import { WithdrawButton } from './withdraw-button.tsx';
import { words } from './words.ts';

type Text = AgreementView['texts'][number];

/** Among the languages of the user's browser the first that there is. */
function usualText(texts: readonly Text[]): Text {
  for (const wanted of navigator.languages) {
    const found = texts.find(({ language }) => language === wanted || language === wanted.split('-')[0]);
    if (found !== undefined) return found;
  }
  return texts[0]!;
}

/** One agreement: its text, what the user said of each purpose, and what they can say now. */
export function AgreementCard({ agreement }: { agreement: AgreementView }) {
  const { agreement: name, version, texts, purposes, publishedAt } = agreement;
  const [text, setText] = useState(() => usualText(texts));
  const heading = useId();
  return (
    <section className="card people-agreement" aria-labelledby={heading}>
      <h2 id={heading}>{name}</h2>
      <p className="soft">{words.version(version, inTime(publishedAt))}</p>
      {texts.length > 1 && (
        <NativeSelect
          label={words.language}
          value={text.language}
          data={texts.map(({ language }) => ({ value: language, label: nameOf(language) }))}
          onChange={(event) => setText(texts.find(({ language }) => language === event.currentTarget.value)!)}
        />
      )}
      <AgreementText markdown={text.markdown} language={text.language} />
      <p className="soft path">{words.fingerprint(text.sha256)}</p>
      <ul className="plain">
        {purposes.map(({ purpose, standing }) => (
          <li key={purpose} className="row">
            <span>
              {words.purposes[purpose]}: <strong>{words.standings[standing]}</strong>
            </span>
            {(standing === 'agreed' || standing === 'lapsed') && (
              <WithdrawButton agreement={agreement} text={text} purpose={purpose} />
            )}
          </li>
        ))}
      </ul>
      <AgreeForm agreement={agreement} text={text} />
    </section>
  );
}

/** A language in its own words. */
function nameOf(language: string): string {
  return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
}

/** Asks for the purposes that are not agreed to by this text. None is chosen before the user does: that would be no consent. */
function AgreeForm({ agreement: { agreement, version, purposes }, text }: { agreement: AgreementView; text: Text }) {
  const { call } = useService();
  const client = useQueryClient();
  const asked = purposes.filter(({ standing }) => standing !== 'agreed').map(({ purpose }) => purpose);
  const [ticked, setTicked] = useState<readonly Purpose[]>([]);
  const chosen = asked.filter((purpose) => ticked.includes(purpose));
  const agree = useMutation({
    mutationFn: () =>
      call('decideAgreement', { body: { agreement, version, sha256: text.sha256, agree: true, purposes: chosen } }),
    onSuccess: () => setTicked([]),
    onSettled: () =>
      Promise.all(
        [peopleKeys.agreements, peopleKeys.pictures].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
  if (asked.length === 0) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    agree.mutate();
  };
  const choose = (purpose: Purpose, isChosen: boolean) =>
    setTicked([...ticked.filter((each) => each !== purpose), ...(isChosen ? [purpose] : [])]);
  return (
    <form onSubmit={submit}>
      <fieldset className="people-purposes">
        <legend>{words.asked}</legend>
        {asked.map((purpose) => (
          <Checkbox
            key={purpose}
            label={words.purposes[purpose]}
            checked={ticked.includes(purpose)}
            onChange={(event) => choose(purpose, event.currentTarget.checked)}
          />
        ))}
      </fieldset>
      {agree.error !== null && <Trouble title={words.decideFailed} error={agree.error} />}
      <Button type="submit" loading={agree.isPending} disabled={chosen.length === 0}>
        {words.agree}
      </Button>
    </form>
  );
}
