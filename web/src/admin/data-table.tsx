import type { ReactNode } from 'react'
import { formatCount, formatDate, formatShortTime } from '../format.ts'
import './data-table.css'

interface Column<Row> {
  readonly label: string
  readonly isNumber?: boolean
  readonly cell: (row: Row) => ReactNode
}

/**
 * A table whose first column names the row. On a phone each row is a card, with the columns' labels beside the values; the
 * roles keep it a table for screen readers there.
 */
export function DataTable<Row>({
  label,
  columns: [first, ...others],
  rows,
  keyOf,
}: {
  readonly label: string
  readonly columns: readonly [Column<Row>, ...Column<Row>[]]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
}) {
  return (
    <div className="table-frame data-table">
      <table role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {[first, ...others].map((column) => (
              <th key={column.label} role="columnheader" scope="col" className={column.isNumber ? 'number' : ''}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row">
              <th role="rowheader" scope="row">
                {first.cell(row)}
              </th>
              {others.map((column) => (
                <td
                  key={column.label}
                  role="cell"
                  data-label={column.label}
                  className={column.isNumber ? 'number' : ''}
                >
                  {shown(column.cell(row))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const shown = (cell: ReactNode): ReactNode => (typeof cell === 'number' ? formatCount(cell) : cell)

/** A date above its time of day, in a narrow column. @param props.at ISO 8601 */
export const DateTimeCell = ({ at }: { readonly at: string }) => (
  <time dateTime={at} className="date-time">
    <span>{formatDate(at)}</span> <span className="soft small">{formatShortTime(at)}</span>
  </time>
)
