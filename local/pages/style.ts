/** The styles of all pages; they follow the light or dark color scheme, emails have a white background. */
export const style = `
:root { color-scheme: light dark; --text: #1d232b; --muted: #5b6571; --line: #dfe3e8; --background: #f5f6f8; --surface: #fff; --accent: #2456c7; --failed: #b3261e }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --muted: #9aa5b2; --line: #2c333c; --background: #14181d; --surface: #1b2027; --accent: #8db0ff; --failed: #ff9a90 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--background); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
a { color: var(--accent); text-underline-offset: 2px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
main:focus { outline: none }
.skip { position: absolute; left: -999px; padding: 8px 14px; background: var(--surface) }
.skip:focus { left: 8px; top: 8px; z-index: 1 }
@media (max-width: 720px) { thead { position: absolute; clip-path: inset(50%) } }
nav { display: flex; flex-wrap: wrap; padding: 0 14px; background: var(--surface); border-bottom: 1px solid var(--line) }
nav a { padding: 12px 8px 10px; border-bottom: 2px solid transparent; color: inherit; text-decoration: none }
nav a:hover { background: var(--background) }
nav a:focus-visible { outline-offset: -2px }
nav a[aria-current] { border-color: var(--accent); font-weight: 600 }
kbd { padding: 0 4px; border: 1px solid var(--line); border-radius: 4px; color: var(--muted); font: 11px/1.4 ui-monospace, monospace }
nav kbd { margin-left: 6px }
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
.links dd { margin: 0; min-width: 0; overflow-wrap: anywhere; color: var(--muted) }
table { width: 100%; margin: 0 0 14px; border-spacing: 0; background: var(--surface); border: 1px solid var(--line); border-radius: 9px; font-size: 14px }
th { padding: 9px 14px; text-align: left; color: var(--muted); font-weight: 600; font-size: 13px; white-space: nowrap }
td { padding: 8px 14px; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
td:first-child { min-width: 150px }
td time, td.number { white-space: nowrap; font-variant-numeric: tabular-nums }
.number:not(:first-child) { text-align: right }
.address { display: inline-block; min-width: min(260px, 80vw) }
.card, .row { margin: 0 0 12px; padding: 12px 16px; background: var(--surface); border: 1px solid var(--line); border-radius: 9px }
.row { margin-bottom: 6px; padding: 7px 14px; font-size: 14px }
.card h2 { margin: 0 0 4px; font: 600 14px ui-monospace, monospace }
.card p:last-child { margin: 8px 0 0 }
summary { cursor: pointer; overflow-wrap: anywhere }
code { font: 13px ui-monospace, monospace }
pre { margin: 8px 0; padding: 12px 14px; max-height: 420px; overflow: auto; background: var(--background); border: 1px solid var(--line); border-radius: 7px; font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
@media (max-width: 720px) {
  main { padding: 16px 12px }
  nav { padding: 0 6px }
  nav kbd { display: none }
  nav a { padding: 12px 6px 10px; font-size: 14px }
  tr { display: flex; flex-wrap: wrap; gap: 2px 14px; padding: 9px 12px }
  tr + tr { border-top: 1px solid var(--line) }
  td, td:first-child { min-width: 0; padding: 0; border: 0 }
  td[data-column]::before { content: attr(data-column) ' '; color: var(--muted) }
}
iframe { display: block; width: 100%; height: 65vh; margin: 16px 0; border: 1px solid var(--line); border-radius: 9px; background: #fff; color-scheme: light }
`
