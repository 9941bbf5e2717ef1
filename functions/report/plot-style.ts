/** Colours by name, light and dark; the report and single plots have the same. */
export const colours = `
:root { --ink: #1d2430; --soft: #5b6472; --line: #d9dde3; --ground: #ffffff; --box: #dbe7f7; --point: #1f5fb4; --median: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaee; --soft: #a6aebb; --line: #3a414d; --ground: #14181f; --box: #26364d; --point: #7fb2ff; --median: #ff9a8f; }
}`;

/** Of the marks of a plot. */
export const marks = `
.plot { font: 13px system-ui, sans-serif; max-width: 100%; height: auto; }
.plot text { fill: var(--ink); }
.plot .ground { fill: var(--ground); }
.plot .name { font-weight: 600; }
.plot .tick { text-anchor: end; fill: var(--soft); font-size: 12px; }
.plot .condition { text-anchor: middle; }
.plot .count { text-anchor: middle; fill: var(--soft); font-size: 12px; }
.plot .grid { stroke: var(--line); }
.plot .box { fill: var(--box); stroke: var(--soft); }
.plot .whisker { stroke: var(--soft); }
.plot .median { stroke: var(--median); stroke-width: 2.5; }
.plot .unit { fill: var(--point); stroke: var(--ground); }
.plot .image { fill: var(--soft); fill-opacity: 0.6; }
`;

export const plotStyle = colours + marks;
