/** Of light paper and screens; single plots as PNG have these. */
export const lightColours = {
  ink: '#1d2430',
  soft: '#5b6472',
  line: '#d9dde3',
  ground: '#ffffff',
  box: '#dbe7f7',
  point: '#1f5fb4',
  median: '#b3261e',
} as const;
export type ColourName = keyof typeof lightColours;

const darkColours: Record<ColourName, string> = {
  ink: '#e8eaee',
  soft: '#a6aebb',
  line: '#3a414d',
  ground: '#14181f',
  box: '#26364d',
  point: '#7fb2ff',
  median: '#ff9a8f',
};

export interface MarkStyle {
  fill?: ColourName;
  stroke?: ColourName;
  /** px; 1 when absent. */
  strokeWidth?: number;
  /** 0 to 1. */
  fillOpacity?: number;
}

/** Lines, boxes and points of a plot. */
export const markStyles = {
  ground: { fill: 'ground' },
  grid: { stroke: 'line' },
  box: { fill: 'box', stroke: 'soft' },
  whisker: { stroke: 'soft' },
  median: { stroke: 'median', strokeWidth: 2.5 },
  unit: { fill: 'point', stroke: 'ground' },
  image: { fill: 'soft', fillOpacity: 0.6 },
} as const satisfies Record<string, MarkStyle>;
export type MarkName = keyof typeof markStyles;

export interface TextStyle {
  fill: ColourName;
  /** px. */
  size: number;
  /** Which end of the text is where it stands. */
  anchor: 'start' | 'middle' | 'end';
  weight?: 600;
}

export const textStyles = {
  name: { fill: 'ink', size: 13, anchor: 'start', weight: 600 },
  tick: { fill: 'soft', size: 12, anchor: 'end' },
  condition: { fill: 'ink', size: 13, anchor: 'middle' },
  count: { fill: 'soft', size: 12, anchor: 'middle' },
} as const satisfies Record<string, TextStyle>;
export type TextName = keyof typeof textStyles;

const variables = (values: Record<ColourName, string>): string =>
  `:root { ${Object.entries(values)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ')} }`;

/** Colours by name, light and dark; the report and single plots have the same. */
export const colours = `
${variables(lightColours)}
@media (prefers-color-scheme: dark) {
  ${variables(darkColours)}
}`;

const markRule = ([name, { fill, stroke, strokeWidth, fillOpacity }]: [string, MarkStyle]): string =>
  `.plot .${name} {${[
    fill && ` fill: var(--${fill});`,
    stroke && ` stroke: var(--${stroke});`,
    strokeWidth && ` stroke-width: ${strokeWidth};`,
    fillOpacity && ` fill-opacity: ${fillOpacity};`,
  ]
    .filter(Boolean)
    .join('')} }`;

const textRule = ([name, { fill, size, anchor, weight }]: [string, TextStyle]): string =>
  `.plot .${name} { fill: var(--${fill}); font-size: ${size}px; text-anchor: ${anchor};${weight ? ` font-weight: ${weight};` : ''} }`;

/** Of the marks of a plot. */
export const marks = `
.plot { font: 13px system-ui, sans-serif; max-width: 100%; height: auto; }
.plot text { fill: var(--ink); }
${[...Object.entries(markStyles).map(markRule), ...Object.entries(textStyles).map(textRule)].join('\n')}
`;

export const plotStyle = colours + marks;
