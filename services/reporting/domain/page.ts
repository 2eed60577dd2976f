import { applicationName } from '#shared/application.ts'
import { html, type SafeHtml } from '#shared/html.ts'
import { formatMoney, type Money } from '#shared/money.ts'
import type { DaySales } from './report.ts'

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; color: #1f2933; max-width: 760px; margin: 40px auto; padding: 0 16px }
  h1 { font-size: 26px; margin: 0 } h2 { font-size: 18px; margin: 32px 0 8px } .muted { color: #616e7c }
  dl { display: flex; flex-wrap: wrap; gap: 12px 40px; margin: 24px 0 } dt { color: #616e7c; font-size: 14px }
  dd { margin: 0; font-size: 24px; font-weight: 600 } svg { width: 100%; height: auto } rect { fill: #0f766e }
  text { font-size: 11px; fill: #616e7c; text-anchor: middle } table { width: 100%; border-collapse: collapse }
  th { text-align: left; color: #616e7c; font-size: 14px; font-weight: 500 } td, th { padding: 8px 0; border-bottom: 1px solid #e4e7eb }
  .number { text-align: right; font-variant-numeric: tabular-nums }
`

/** The report as one self-contained page without scripts: it can be mailed, stored and opened anywhere. */
export function pageOf({ report, timeZone, products, hours }: DaySales): string {
  const title = `Sales of ${report.day}`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${applicationName}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        <p class="muted">
          Orders placed on that day (${timeZone}) that were paid, tax and shipping included, and what was refunded on it
          of orders of any day. Made at ${report.madeAt}.
        </p>
        <dl>
          ${figure('Revenue', formatMoney(report.revenue))} ${figure('Orders', String(report.orders))}
          ${figure('Refunded', formatMoney(report.refunded))}
        </dl>
        <h2>Revenue by hour</h2>
        ${chart(hours)}
        <h2>Products</h2>
        ${products.length === 0 ? html`<p class="muted">Nothing was sold.</p>` : table(products)}
      </body>
    </html>`.source.trim()
}

const figure = (name: string, value: string): SafeHtml =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`

const chartHeight = 160
const barWidth = 20
const step = 30

/** A bar for each hour, the highest as high as the chart. */
function chart(hours: readonly Money[]): SafeHtml {
  const highest = Math.max(1, ...hours.map(({ amount }) => amount))
  const bars = hours.map((revenue, hour) => {
    const height = Math.round((revenue.amount / highest) * chartHeight)
    const label = `${hour}:00: ${formatMoney(revenue)}`
    return html`<rect x="${hour * step}" y="${chartHeight - height}" width="${barWidth}" height="${height}">
        <title>${label}</title>
      </rect>
      ${hour % 3 === 0 ? html`<text x="${hour * step + barWidth / 2}" y="${chartHeight + 16}">${hour}:00</text>` : ''}`
  })
  return html`<svg viewBox="0 0 ${hours.length * step} ${chartHeight + 24}" role="img" aria-label="Revenue by hour">
    ${bars}
  </svg>`
}

const table = (products: DaySales['products']): SafeHtml =>
  html`<table>
    <tr>
      <th>Product</th>
      <th class="number">Pieces</th>
      <th class="number">Revenue before discounts</th>
    </tr>
    ${products.map(
      ({ sku, name, pieces, revenue }) =>
        html`<tr>
          <td>${name} <span class="muted">${sku}</span></td>
          <td class="number">${pieces}</td>
          <td class="number">${formatMoney(revenue)}</td>
        </tr>`,
    )}
  </table>`
