import type { Report } from '../../api/types.ts'
import { formatMoney } from '../../format.ts'
import { shop } from '../../storefront/shop.ts'
import { chartOf } from './chart.ts'
import { dayText } from './day-text.ts'

/** Revenue and refunds by day. The table below has the same figures. */
export function RevenueChart({ reports }: { readonly reports: readonly Report[] }) {
  const { width, height, left, bars, lines } = chartOf(reports)
  const first = bars[0]
  const last = bars.at(-1)
  return (
    <section className="card stack chart">
      <div className="card-header">
        <h2>Revenue by day</h2>
        <p className="small chart-legend">
          <span className="chart-key chart-key-revenue" /> Revenue
          <span className="chart-key chart-key-refunded" /> Refunded
        </p>
      </div>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label="Bars of revenue and refunds by day">
        {lines.map(({ amount, y }) => (
          <g key={amount}>
            <line className="chart-line" x1={left} x2={width} y1={y} y2={y} />
            <text className="chart-amount" x={left - 8} y={y} textAnchor="end" dominantBaseline="middle">
              {formatMoney({ amount, currency: shop.currency }).replace(/\.00$/, '')}
            </text>
          </g>
        ))}
        {bars.map(({ day, x, width: barWidth, revenue, refunded }) => (
          <g key={day}>
            <rect className="chart-revenue" x={x} width={barWidth} y={revenue.y} height={revenue.height} rx={2} />
            <rect className="chart-refunded" x={x} width={barWidth} y={refunded.y} height={refunded.height} rx={2} />
          </g>
        ))}
      </svg>
      {first && last && (
        <p className="small soft chart-days">
          <span>{dayText(first.day)}</span>
          {first !== last && <span>{dayText(last.day)}</span>}
        </p>
      )}
    </section>
  )
}
