/** The look of the page: that of the error pages, with a table of contents beside the text where there is room. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b1b1b; --soft: #595959; --ground: #fff; --panel: #f3f3f3; --line: #d0d0d0; --link: #0b57a4; }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: var(--ground); color: var(--text); }
header { padding: 1rem; border-bottom: 1px solid var(--line); }
main { max-width: 48rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
nav { padding: 1rem; border-bottom: 1px solid var(--line); }
nav h2 { margin: 1rem 0 0; font-size: 0.9rem; }
nav ul { margin: 0.25rem 0; padding: 0; list-style: none; }
nav li a { display: block; padding: 0.2rem 0; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0; }
main h2 { font-size: 1.4rem; margin: 3rem 0 0.5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.15rem; margin: 2.5rem 0 0.25rem; overflow-wrap: anywhere; }
h4 { font-size: 1rem; margin: 1.25rem 0 0.25rem; }
h2, h3 { scroll-margin-top: 1rem; }
p { margin: 0.5rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
pre { margin: 0.5rem 0; padding: 0.75rem; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 4px; }
pre code { overflow-wrap: normal; }
.route { padding: 0.5rem 0.75rem; background: var(--panel); border-left: 4px solid var(--link); }
.method { font-weight: 700; }
.type { color: var(--soft); font-size: 0.9em; overflow-wrap: anywhere; }
dl { margin: 0.5rem 0; }
dd { margin: 0 0 0.5rem; padding-left: 1rem; }
dd .fields { border-left: 1px solid var(--line); padding-left: 0.75rem; }
.answers { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1rem; }
.answers dd { padding: 0; }
summary { cursor: pointer; }
.skip { position: absolute; left: -100vw; }
.skip:focus { position: static; display: block; padding: 0.5rem 1rem; }
@media (min-width: 70rem) {
  .frame { display: grid; grid-template-columns: 20rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border-bottom: 0; border-right: 1px solid var(--line); }
}
@media (prefers-color-scheme: dark) {
  :root { --text: #ececec; --soft: #a8a8a8; --ground: #161616; --panel: #222; --line: #444; --link: #8ab8f0; }
}
`;
