import type { TrainingCard } from './training-card.ts';

/** README.md of a trained package. */
export function cardReadme(name: string, card: TrainingCard, licence: string): string {
  const count = (side: string) => Object.values(card.sides).filter((each) => each === side).length;
  const rows: [string, string][] = [
    ['data', `${card.images} images, ${card.objects} objects, sha256 ${card.data_sha256}`],
    [
      'split',
      `${count('train')} images trained on, ${count('test')} kept aside (each by its sha256 in the description)`,
    ],
    ['training', `${card.epochs === undefined ? '' : `${card.epochs} epochs, `}seed ${card.seed}`],
    ...(card.replay === undefined ? [] : [['replayed', card.replay] as [string, string]]),
    [
      'F1 at IoU 0.5 on the images kept aside',
      `${card.f1_before.toFixed(3)} before, ${card.f1_after.toFixed(3)} after`,
    ],
    ...(card.f1_own_before === undefined || card.f1_own_after === undefined
      ? []
      : [
          [
            'F1 at IoU 0.5 on what the parent was made for',
            `${card.f1_own_before.toFixed(3)} before, ${card.f1_own_after.toFixed(3)} after`,
          ] as [string, string],
        ]),
    ['verdict', card.verdict],
    ['licence', licence],
    ['versions', Object.entries(card.versions).flat().join(' ')],
  ];
  const about =
    card.kind === 'network'
      ? `It continues ${card.parent} (weights ${card.parent_sha256}) and knows images like those it was trained on.`
      : `It classifies pixels by filters of what is around them and knows images like those it was trained on. It was compared with ${card.parent} (weights ${card.parent_sha256}).`;
  return `# ${name}

Written by \`labdeploy train\`. ${about}

| | |
| --- | --- |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`;
}
