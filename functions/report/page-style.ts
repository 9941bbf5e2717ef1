import { colours, marks } from './plot-style.ts';

export const pageStyle = `${colours}${marks}
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
.soft { color: var(--soft); max-width: 50rem; }
.warning { border-left: 4px solid var(--median); padding-left: 0.75rem; }
p, li { max-width: 50rem; }
a { color: var(--point); }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem; max-width: 100%; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { overflow-wrap: normal; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; font-variant-numeric: tabular-nums; }
thead th { color: var(--soft); font-weight: 600; }
th:first-child, .text, th[scope='row'], th[scope='rowgroup'] { text-align: left; }
tbody th { font-weight: 400; }
th[scope='row'] { overflow-wrap: anywhere; min-width: 8rem; }
td:not(.text) { white-space: nowrap; }
thead .text { text-align: left; }
details summary { cursor: pointer; }
@media print { main { max-width: none; } figure { break-inside: avoid; } }
`;
