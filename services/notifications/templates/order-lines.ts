import { formatMoney, type Money } from '#shared/money.ts'
import { html, type SafeHtml } from './html.ts'
import { colors } from './layout.ts'

export interface OrderLine {
  readonly sku: string
  readonly name: string
  readonly quantity: number
  readonly unitPrice: Money
  readonly lineTotal: Money
}

const cell = `padding:12px 0;border-top:1px solid ${colors.line};vertical-align:top;`

export const orderTable = (lines: readonly OrderLine[], total: Money): SafeHtml =>
  html`<table
    role="presentation"
    width="100%"
    cellpadding="0"
    cellspacing="0"
    style="font-size:15px;line-height:22px;border-bottom:1px solid ${colors.line};"
  >
    ${lines.map(orderRow)}
    <tr>
      <td style="${cell}font-weight:700;">Total</td>
      <td align="right" style="${cell}font-weight:700;white-space:nowrap;">${formatMoney(total)}</td>
    </tr>
  </table>`

const orderRow = (line: OrderLine): SafeHtml =>
  html`<tr>
    <td style="${cell}padding-right:16px;">
      ${line.name}<br /><span style="font-size:13px;color:${colors.muted};"
        >${line.quantity} × ${formatMoney(line.unitPrice)}</span
      >
    </td>
    <td align="right" style="${cell}white-space:nowrap;">${formatMoney(line.lineTotal)}</td>
  </tr>`

export const orderLinesText = (lines: readonly OrderLine[], total: Money): string =>
  [
    ...lines.map(
      (line) => `- ${line.name}: ${line.quantity} × ${formatMoney(line.unitPrice)} = ${formatMoney(line.lineTotal)}`,
    ),
    `Total: ${formatMoney(total)}`,
  ].join('\n')
