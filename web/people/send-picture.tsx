import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { AnswerOf } from '../../client/call.ts';
import type { AgreementView } from '../../functions/contract/agreements.ts';
import { useService } from '../api/context.tsx';
import { useMe } from '../api/queries.ts';
import { Meter } from '../components/meter.tsx';
import { Notice } from '../components/notice.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { inBytes } from '../format.ts';
import { Link } from '../navigation.tsx';
import { agreementsHref } from '../route.ts';
import { strings } from '../strings.ts';
import { put } from '../upload/put.ts';
import { peopleKeys, useAgreements, useRecipes } from './queries.ts';
import { words } from './words.ts';

type Recipe = AnswerOf<'listRecipes'>['items'][number];

/** Sends a photograph; its work begins when it has arrived and its owner has agreed. */
export function SendPicture() {
  return (
    <Show what={useRecipes()}>
      {(recipes) => {
        const usable = recipes.filter((recipe) => recipe.usable);
        return usable.length === 0 ? <p className="soft">{words.noRecipes}</p> : <SendForm recipes={usable} />;
      }}
    </Show>
  );
}

function SendForm({ recipes }: { recipes: readonly Recipe[] }) {
  const [name, setName] = useState(recipes[0]!.name);
  const [labels, setLabels] = useState<Readonly<Record<string, string>>>({});
  const [file, setFile] = useState<File>();
  const recipe = recipes.find((each) => each.name === name) ?? recipes[0]!;
  const field = useId();
  const { send, sent } = useSend(() => setFile(undefined));
  const isWhole = file !== undefined && recipe.labels.every((label) => (labels[label] ?? '').trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = Object.fromEntries(recipe.labels.map((label) => [label, labels[label]!.trim()]));
    if (file !== undefined) send.mutate({ recipe: recipe.name, labels: given, file });
  };
  return (
    <form className="card" onSubmit={submit}>
      <h2>{words.send}</h2>
      <NativeSelect
        label={words.recipe}
        value={recipe.name}
        data={recipes.map(({ name: value, title }) => ({ value, label: title }))}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RecipeText recipe={recipe} />
      <Consent recipe={recipe} />
      {recipe.labels.map((label) => (
        <TextInput
          key={label}
          label={label}
          required
          maxLength={200}
          value={labels[label] ?? ''}
          onChange={(event) => setLabels({ ...labels, [label]: event.currentTarget.value })}
        />
      ))}
      <p>
        <label htmlFor={field}>{words.file}</label>
      </p>
      <input
        key={file === undefined ? 'empty' : 'chosen'}
        id={field}
        type="file"
        className="people-file"
        accept={recipe.accepts.join(',')}
        onChange={(event) => setFile(event.currentTarget.files?.[0])}
      />
      <p className="soft">{words.fileHint}</p>
      {send.isPending && file !== undefined && (
        <Meter
          label={words.sending}
          value={sent / file.size}
          text={strings.usedOf(inBytes(sent), inBytes(file.size))}
        />
      )}
      {send.error !== null && <Trouble title={words.sendFailed} error={send.error} />}
      <div className="row">
        <Button type="submit" loading={send.isPending} disabled={!isWhole}>
          {words.sendNow}
        </Button>
      </div>
    </form>
  );
}

/** `sent`: bytes of the file that are through. */
function useSend(onSent: () => void) {
  const { call } = useService();
  const client = useQueryClient();
  const [sent, setSent] = useState(0);
  const send = useMutation({
    async mutationFn({ recipe, labels, file }: { recipe: string; labels: Record<string, string>; file: File }) {
      setSent(0);
      const { request } = await call('addPicture', { body: { recipe, labels, bytes: file.size } });
      await put(request, file, setSent, new AbortController().signal);
    },
    onSuccess: onSent,
    onSettled: () => client.invalidateQueries({ queryKey: peopleKeys.pictures }),
  });
  return { send, sent };
}

function RecipeText({ recipe: { about, review, show, deleteOriginal, keepMinutes } }: { recipe: Recipe }) {
  const texts = [about, words.recipeText({ review, show }), words.original(deleteOriginal)];
  if (keepMinutes !== undefined) texts.push(words.keep(keepMinutes));
  return <p className="soft">{texts.join(' ')}</p>;
}

/** Says what is to be agreed to before a picture of the recipe is worked on; nothing where all is. */
function Consent({ recipe }: { recipe: Recipe }) {
  const agreements = useAgreements();
  const me = useMe();
  const isAdmin = me.state === 'ready' && me.data.admin;
  if (agreements.state !== 'ready') return null;
  const state = consentOf(recipe, agreements.data);
  if (state === 'stands') return null;
  return (
    <Notice kind="info" title={state === 'asked' ? words.needsAgreement : words.noText}>
      <p>{state === 'asked' ? words.needsAgreementText : words.noTextText}</p>
      {state === 'noText' && isAdmin && (
        <p>
          {words.noTextAdmin} <code>{words.noTextCommand(location.origin)}</code>
        </p>
      )}
      {state === 'asked' && <Link href={agreementsHref}>{words.toAgreements}</Link>}
    </Notice>
  );
}

function consentOf({ consent }: Recipe, agreements: readonly AgreementView[]): 'stands' | 'asked' | 'noText' {
  const said = agreements.flatMap(({ purposes }) => purposes);
  if (consent.some((purpose) => said.every((each) => each.purpose !== purpose))) return 'noText';
  const agreed = said.filter(({ standing }) => standing === 'agreed').map(({ purpose }) => purpose);
  return consent.every((purpose) => agreed.includes(purpose)) ? 'stands' : 'asked';
}
