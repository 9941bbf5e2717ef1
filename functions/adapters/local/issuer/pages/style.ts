/** The one stylesheet of the issuer's pages. Text and controls keep 4.5:1 and 3:1 against their ground, dark and light (WCAG 2.2 AA). */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14171a);
  --card: light-dark(#ffffff, #1e2226);
  --text: light-dark(#1b1f24, #e9ecef);
  --soft: light-dark(#57606a, #a5afb9);
  --line: light-dark(#7d8792, #7f8a96);
  --main: light-dark(#0b5cad, #7cc0ff);
  --on-main: light-dark(#ffffff, #0d1a26);
  --bad: light-dark(#b3261e, #ff9d94);
  --bad-ground: light-dark(#fdecea, #3a1d1b);
  --good-ground: light-dark(#e8f4ea, #1b3022);
}
* { box-sizing: border-box; }
body { display: flow-root; margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 26rem; margin: 8vh auto 2rem; padding: 1.5rem; background: var(--card); border-radius: .5rem; }
main.wide { max-width: 46rem; margin-top: 2rem; }
.top { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; padding: .6rem 1.25rem; background: var(--card); border-bottom: 1px solid var(--line); }
.top .brand { margin: 0; color: var(--text); font-weight: 700; text-decoration: none; }
.top nav { margin: 0; gap: .25rem 1rem; }
.top .who { margin-left: auto; overflow-wrap: anywhere; }
.top nav a { text-decoration: none; }
.top nav a[aria-current] { color: var(--text); box-shadow: 0 2px 0 var(--main); }
.brand { margin: 0 0 1rem; color: var(--soft); font-weight: 600; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; }
h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
a { color: var(--main); }
label, legend { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
label.choice { display: flex; gap: .5rem; align-items: center; min-height: 2.5rem; margin: .5rem 0; font-weight: 400; }
.hint, .soft { margin: 0 0 .25rem; color: var(--soft); font-size: .9rem; }
input:not([type=checkbox]), select { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .375rem; background: var(--card); color: inherit; font: inherit; }
input[type=checkbox] { flex: none; width: 1.5rem; height: 1.5rem; margin: 0; accent-color: var(--main); }
input[aria-invalid=true] { border: 2px solid var(--bad); }
input[readonly] { background: var(--ground); }
button { min-height: 2.75rem; padding: .5rem 1.25rem; border: 1px solid var(--main); border-radius: .375rem; background: var(--main); color: var(--on-main); font: inherit; font-weight: 600; cursor: pointer; }
button.second, a.button { background: transparent; color: var(--main); }
a.button { display: inline-flex; align-items: center; min-height: 2.75rem; padding: .5rem 1.25rem; border: 1px solid var(--main); border-radius: .375rem; font-weight: 600; text-decoration: none; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem; align-items: end; }
.actions form { display: flex; gap: .5rem; align-items: end; }
.actions label { margin: 0; }
.actions select { width: auto; }
nav { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; margin-top: 1.5rem; }
nav a { padding: .25rem 0; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
.ways { display: grid; gap: .75rem; margin-top: 1.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
.ways a.button { justify-content: center; }
.fault { margin: 0 0 .25rem; color: var(--bad); font-weight: 600; }
.summary { margin: 0 0 1rem; padding: .75rem 1rem; border-left: 4px solid var(--bad); background: var(--bad-ground); }
.summary p { margin: 0; font-weight: 600; }
.summary a { color: var(--bad); }
.notice { margin: 0 0 1rem; padding: .75rem 1rem; background: var(--good-ground); border-left: 4px solid var(--line); }
.secret { display: block; padding: .5rem 0; overflow-wrap: anywhere; user-select: all; }
.code { font-size: 1.75rem; letter-spacing: .1em; }
ul.accounts { margin: 0; padding: 0; list-style: none; }
ul.accounts li { padding: 1rem 0; border-top: 1px solid var(--line); }
@media (max-width: 30rem) { main, main.wide { margin-top: 0; min-height: 100vh; border-radius: 0; } button { width: 100%; } .actions form { width: 100%; flex-wrap: wrap; } .actions select { width: 100%; } }
@media (prefers-reduced-motion: no-preference) { button { transition: filter .1s; } }
button:hover { filter: brightness(1.1); }
`;

/** Sends the only form of a page that asks nothing; without scripts its button does. */
export const submitScript = `document.forms[0].requestSubmit();\n`;
