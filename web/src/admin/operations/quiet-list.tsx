import type { ReactNode } from 'react'

/** What needs no attention: its number, and its names on request. */
export const QuietList = ({
  summary,
  items,
}: {
  readonly summary: string
  /** With what is shown beside the name. */
  readonly items: readonly { readonly name: string; readonly mark?: ReactNode }[]
}) =>
  items.length > 0 && (
    <details className="card quiet-list">
      <summary>{summary}</summary>
      <ul role="list">
        {items.map(({ name, mark }) => (
          <li key={name}>
            <span>{name}</span>
            {mark}
          </li>
        ))}
      </ul>
    </details>
  )
