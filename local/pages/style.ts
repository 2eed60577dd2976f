/** The styles of all pages; they follow the light or dark color scheme, emails have a white background. */
export const style = `
:root { color-scheme: light dark; --text: #1d232b; --muted: #5b6571; --line: #dfe3e8; --background: #f5f6f8; --surface: #fff; --accent: #2456c7; --selected: #e8eefc; --failed: #b3261e }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --muted: #9aa5b2; --line: #2c333c; --background: #14181d; --surface: #1b2027; --accent: #8db0ff; --selected: #23304a; --failed: #ff9a90 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--background); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
a { color: var(--accent); text-underline-offset: 2px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
main:focus { outline: none }
.skip { position: absolute; left: -999px; padding: 8px 14px; background: var(--surface) }
.skip:focus { left: 8px; top: 8px; z-index: 1 }
@media (max-width: 720px) { thead { position: absolute; clip-path: inset(50%) } }
.mailbox h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0 }
.bar { display: flex; align-items: center; gap: 14px; padding: 0 14px; background: var(--surface); border-bottom: 1px solid var(--line) }
.pages { display: flex; flex-wrap: wrap }
.pages a { padding: 12px 8px 10px; border-bottom: 2px solid transparent; color: inherit; text-decoration: none }
.pages a:hover { background: var(--background) }
.pages a:focus-visible { outline-offset: -2px }
.pages a[aria-current] { border-color: var(--accent); font-weight: 600 }
kbd { padding: 0 4px; border: 1px solid var(--line); border-radius: 4px; color: var(--muted); font: 11px/1.4 ui-monospace, monospace }
.pages kbd { margin-left: 6px }
.bar .json { margin-left: auto; font-size: 13px }
main { max-width: 1160px; padding: 22px; margin: 0 auto }
h1 { margin: 0 0 14px; font-size: 21px; letter-spacing: -.015em; overflow-wrap: anywhere }
h2 { margin: 28px 0 10px; font-size: 16px; overflow-wrap: anywhere }
h3 { margin: 12px 0 4px; font-size: 13px; color: var(--muted); font-weight: 600 }
p { margin: 0 0 12px; overflow-wrap: anywhere }
.muted, .empty { color: var(--muted) }
.empty { padding: 28px; text-align: center; background: var(--surface); border: 1px solid var(--line); border-radius: 9px }
.failed { color: var(--failed) }
form { display: flex; flex-wrap: wrap; gap: 10px; align-items: end; margin: 0 0 18px }
label { flex: 1 1 220px; max-width: 480px; display: grid; gap: 4px; font-size: 13px; color: var(--muted) }
input, button { min-height: 38px; padding: 6px 11px; border: 1px solid #7c8794; border-radius: 7px; background: var(--surface); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
button { padding: 6px 18px; cursor: pointer }
.links { display: grid; margin: 0; background: var(--surface); border: 1px solid var(--line); border-radius: 9px }
.links div { display: flex; gap: 10px; padding: 10px 16px }
.links div + div { border-top: 1px solid var(--line) }
.links dt { flex: none; width: 84px }
.links dd { margin: 0; color: var(--muted) }
table { width: 100%; border-spacing: 0; background: var(--surface); border: 1px solid var(--line); border-radius: 9px; font-size: 14px }
th { padding: 9px 14px; text-align: left; color: var(--muted); font-weight: 600; font-size: 13px; white-space: nowrap }
td { padding: 8px 14px; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
td:first-child { min-width: 150px }
td time, td.number { white-space: nowrap; font-variant-numeric: tabular-nums }
td.number:not(:first-child) { text-align: right }
.card, .row { margin: 0 0 12px; padding: 12px 16px; background: var(--surface); border: 1px solid var(--line); border-radius: 9px }
.row { margin-bottom: 6px; padding: 7px 14px; font-size: 14px }
.card h2 { margin: 0 0 4px; font: 600 14px ui-monospace, monospace }
.card p:last-child { margin: 8px 0 0 }
summary { cursor: pointer; overflow-wrap: anywhere }
code { font: 13px ui-monospace, monospace }
pre { margin: 8px 0; padding: 12px 14px; max-height: 420px; overflow: auto; background: var(--background); border: 1px solid var(--line); border-radius: 7px; font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
@media (max-width: 720px) {
  main { padding: 16px 12px }
  .bar { padding: 0 6px }
  .bar kbd, .bar .json { display: none }
  .pages a { padding: 12px 6px 10px; font-size: 14px }
  tr { display: flex; flex-wrap: wrap; gap: 2px 14px; padding: 9px 12px }
  tr + tr { border-top: 1px solid var(--line) }
  td, td:first-child { min-width: 0; padding: 0; border: 0 }
  td[data-column]::before { content: attr(data-column) ' '; color: var(--muted) }
}

.mailbox, .mailbox .mails { min-height: 0 }
html:has(.mailbox), .mailbox { height: 100% }
.mailbox { display: flex; flex-direction: column }
.mailbox main { flex: 1; width: 100%; max-width: none; min-height: 0; padding: 0; display: flex; flex-direction: column }
.mails { flex: 1; display: grid; grid-template-columns: minmax(260px, 360px) 1fr }
#list { overflow-y: auto; scrollbar-width: thin; background: var(--surface); border-right: 1px solid var(--line) }
#list ol, .texts ol { margin: 0; padding: 0; list-style: none }
#list a { display: block; padding: 11px 18px 12px 19px; border-bottom: 1px solid var(--line); border-left: 3px solid transparent; color: inherit; text-decoration: none }
#list a:hover { background: var(--background) }
#list a[aria-current] { background: var(--selected); border-left-color: var(--accent) }
#list a:focus-visible { outline-offset: -2px }
.line { display: flex; justify-content: space-between; gap: 10px; font-size: 13px }
#list b, .subject, .preview { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
#list time { flex: none; color: var(--muted); font-variant-numeric: tabular-nums }
.subject, .preview { display: block }
.preview { color: var(--muted); font-size: 13px }
.count { margin: 0; padding: 9px 22px; border-bottom: 1px solid var(--line); color: var(--muted); font-size: 13px }
article { min-width: 0; min-height: 0; display: flex; flex-direction: column }
article header { padding: 20px 28px 16px }
article h2 { margin: 0 0 10px; font-size: 21px; line-height: 1.25; letter-spacing: -.015em }
article dl { margin: 0; display: grid; gap: 2px; font-size: 13px }
article dl div { display: flex; gap: 10px }
article dt { flex: none; width: 84px; color: var(--muted) }
article dd { margin: 0; overflow-wrap: anywhere }
.tabs { display: inline-flex; margin-top: 14px; border: 1px solid var(--line); border-radius: 7px; overflow: hidden; font-size: 13px }
.tabs a { padding: 4px 14px; background: var(--surface); color: inherit; text-decoration: none }
.tabs a[aria-current] { background: var(--selected); color: var(--accent) }
iframe, article pre { flex: 1; min-height: 0; max-height: none; margin: 0 28px 28px; border: 1px solid var(--line); border-radius: 9px }
iframe { background: #fff; color-scheme: light }
article pre { background: var(--surface) }
.blank { align-items: center; justify-content: center; color: var(--muted); text-align: center; padding: 20px }
.texts { flex: none; max-height: 28%; overflow-y: auto; padding: 14px 22px; background: var(--surface); border-top: 1px solid var(--line); font-size: 13px }
.texts h2 { margin: 0 0 6px; font-size: 15px }
@media (max-width: 720px) {
  .mails { grid-template-columns: 1fr; grid-template-rows: minmax(120px, 35%) 1fr }
  #list { border-right: 0; border-bottom: 1px solid var(--line) }
  article header { padding: 16px 18px 12px }
  iframe, article pre { margin: 0 18px 18px }
}
`
