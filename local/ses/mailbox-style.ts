/** The styles of the mailbox page; it follows the light or dark color scheme, emails have a white background. */
export const style = `
:root { color-scheme: light dark; --text: #1d232b; --muted: #66707c; --line: #e1e5ea; --background: #f5f6f8; --surface: #fff; --accent: #2456c7; --selected: #e8eefc }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --muted: #97a1ae; --line: #2c333c; --background: #14181d; --surface: #1b2027; --accent: #8db0ff; --selected: #23304a }
}
* { box-sizing: border-box }
html, body { height: 100% }
body { margin: 0; display: flex; flex-direction: column; background: var(--background); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
a { color: inherit; text-decoration: none }
.bar { display: flex; align-items: baseline; gap: 14px; padding: 13px 22px; background: var(--surface); border-bottom: 1px solid var(--line) }
.bar h1 { margin: 0; font-size: 17px; letter-spacing: -.01em }
.bar p { margin: 0; color: var(--muted); font-size: 13px }
.bar .json { margin-left: auto; color: var(--accent); font-size: 13px }
main { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(260px, 360px) 1fr }
#list { overflow-y: auto; scrollbar-width: thin; background: var(--surface); border-right: 1px solid var(--line) }
#list ol { margin: 0; padding: 0; list-style: none }
#list a { display: block; padding: 11px 18px 12px 19px; border-bottom: 1px solid var(--line); border-left: 3px solid transparent }
#list a:hover { background: var(--background) }
#list a[aria-current] { background: var(--selected); border-left-color: var(--accent) }
#list .row { display: flex; justify-content: space-between; gap: 10px; font-size: 13px }
#list b, .subject, .preview { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
#list b { font-weight: 600 }
#list time { flex: none; color: var(--muted); font-variant-numeric: tabular-nums }
.subject, .preview { display: block }
.preview { color: var(--muted); font-size: 13px }
.count { margin: 0; padding: 9px 22px; border-bottom: 1px solid var(--line); color: var(--muted); font-size: 13px }
article { min-width: 0; min-height: 0; display: flex; flex-direction: column }
article header { padding: 20px 28px 16px }
h2 { margin: 0 0 10px; font-size: 21px; line-height: 1.25; letter-spacing: -.015em; overflow-wrap: anywhere }
dl { margin: 0; display: grid; gap: 2px; font-size: 13px }
dl div { display: flex; gap: 10px }
dt { flex: none; width: 84px; color: var(--muted) }
dd { margin: 0; overflow-wrap: anywhere }
.tabs { display: inline-flex; margin-top: 14px; border: 1px solid var(--line); border-radius: 7px; overflow: hidden; font-size: 13px }
.tabs a { padding: 4px 14px; background: var(--surface) }
.tabs a[aria-current] { background: var(--selected); color: var(--accent) }
iframe, pre { flex: 1; min-height: 0; margin: 0 28px 28px; border: 1px solid var(--line); border-radius: 9px }
iframe { background: #fff; color-scheme: light }
pre { padding: 20px 22px; overflow: auto; background: var(--surface); font: 13.5px/1.55 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
.blank { align-items: center; justify-content: center; color: var(--muted); text-align: center; padding: 20px }
section.texts { flex: none; max-height: 28%; overflow-y: auto; padding: 14px 22px; background: var(--surface); border-top: 1px solid var(--line); font-size: 13px }
.texts h2 { font-size: 15px }
.texts ol { margin: 0; padding: 0; list-style: none; display: grid; gap: 6px }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px }
@media (max-width: 720px) {
  main { grid-template-columns: 1fr; grid-template-rows: minmax(120px, 35%) 1fr }
  #list { border-right: 0; border-bottom: 1px solid var(--line) }
  article header { padding: 16px 18px 12px }
  iframe, pre { margin: 0 18px 18px }
  .bar p { display: none }
}
`
