import type { ReactNode } from 'react'
import { plural } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { ShowMore } from '../ui/show-more.tsx'
import { Failed, Loading, Notice } from '../ui/states.tsx'
import { explain } from '../api/failure.ts'
import type { Pages } from './use-pages.ts'

/** A list in all its states, with what loads more of it. */
export function PagedList<Item>({
  pages,
  noun,
  empty,
  children,
}: {
  readonly pages: Pages<Item>
  /** One item, such as `order`. */
  readonly noun: string
  /** Instead of a list without items. */
  readonly empty: ReactNode
  readonly children: (items: readonly Item[]) => ReactNode
}) {
  const { name, items, error, isOutdated, hasMore, isLoadingMore, loadMore, retry } = pages
  if (items === undefined) {
    return error === undefined ? (
      <Loading label={`Loading ${noun}s`} lines={8} />
    ) : (
      <Failed error={error} onRetry={retry} />
    )
  }
  return (
    <div className={`stack ${isOutdated ? 'is-outdated' : ''}`} aria-busy={isOutdated}>
      {items.length === 0 && !hasMore ? empty : items.length > 0 && children(items)}
      {error !== undefined && (
        <Notice look="danger" title={explain(error).title}>
          <p>{explain(error).advice}</p>
          <Button onClick={retry}>Try again</Button>
        </Notice>
      )}
      {(items.length > 0 || hasMore) && (
        <div className="cluster list-end">
          <p className="soft small" role="status">
            {hasMore
              ? `The first ${plural(items.length, noun)} that match. There may be more.`
              : plural(items.length, noun)}
          </p>
          <ShowMore key={name} hasMore={hasMore} isPending={isLoadingMore} onMore={loadMore} />
        </div>
      )}
    </div>
  )
}
