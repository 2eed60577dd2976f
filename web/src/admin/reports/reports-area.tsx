import { bodyOf } from '../../api/client.ts'
import type { Report } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatCount, formatMoney } from '../../format.ts'
import { shop } from '../../storefront/shop.ts'
import { Page } from '../../ui/page.tsx'
import { Empty } from '../../ui/states.tsx'
import { DataTable } from '../data-table.tsx'
import { PagedList } from '../paged-list.tsx'
import { usePages } from '../use-pages.ts'
import { totalsOf } from './chart.ts'
import { dayText } from './day-text.ts'
import { RevenueChart } from './revenue-chart.tsx'
import './reports.css'

/** The addresses of the files expire after five minutes. */
const linkLifetimeMs = 4 * 60_000
const days = 30

export default function ReportsArea() {
  const api = useApi()
  const reports = usePages({
    queryKey: ['reports'],
    load: (cursor) =>
      bodyOf(
        api.GET('/admin/reports', { params: { query: { limit: days, ...(cursor === undefined ? {} : { cursor }) } } }),
      ),
    minimum: days,
    refetchInterval: linkLifetimeMs,
  })
  return (
    <Page title="Reports" site="Back office">
      <PagedList
        pages={reports}
        noun="day"
        empty={
          <Empty title="No report yet">
            <p className="soft">{`Each morning at five (${shop.timeZone}) the day before is reported here.`}</p>
          </Empty>
        }
      >
        {(items) => (
          <>
            <Totals reports={items.slice(0, days)} />
            <RevenueChart reports={items.slice(0, days)} />
            <ReportTable reports={items} />
          </>
        )}
      </PagedList>
    </Page>
  )
}

function Totals({ reports }: { readonly reports: readonly Report[] }) {
  const { orders, revenue, refunded } = totalsOf(reports)
  const currency = reports[0]?.revenue.currency ?? shop.currency
  const figures = [
    { label: 'Paid orders', value: formatCount(orders) },
    { label: 'Revenue', value: formatMoney({ amount: revenue, currency }) },
    { label: 'Refunded', value: formatMoney({ amount: refunded, currency }) },
    {
      label: 'Average order',
      value: orders === 0 ? '–' : formatMoney({ amount: Math.round(revenue / orders), currency }),
    },
  ]
  return (
    <section>
      <h2 className="visually-hidden">{`The last ${reports.length} days`}</h2>
      <dl className="figures">
        {figures.map(({ label, value }) => (
          <div key={label} className="card figure">
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const ReportTable = ({ reports }: { readonly reports: readonly Report[] }) => (
  <DataTable
    label="Daily reports"
    keyOf={({ day }) => day}
    rows={reports}
    columns={[
      { label: 'Day', cell: ({ day }) => dayText(day) },
      { label: 'Paid orders', isNumber: true, cell: ({ orders }) => orders },
      { label: 'Revenue', isNumber: true, cell: ({ revenue }) => formatMoney(revenue) },
      {
        label: 'Refunded',
        isNumber: true,
        cell: ({ refunded }) => (refunded.amount === 0 ? '–' : `−${formatMoney(refunded)}`),
      },
      {
        label: 'Files',
        isNumber: true,
        cell: ({ day, csv, html }) => (
          <span className="report-files">
            <a href={html} target="_blank" rel="noopener noreferrer" aria-label={`Report of ${dayText(day)}`}>
              Report
            </a>
            <a href={csv} download aria-label={`CSV of ${dayText(day)}`}>
              CSV
            </a>
          </span>
        ),
      },
    ]}
  />
)
