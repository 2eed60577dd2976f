import { useRef, useState } from 'react'
import { Button } from './button.tsx'
import { useKeptFocus } from './navigation.ts'

/**
 * The button that loads more of a list. At the end of the list a text replaces it, and has the focus if the button had it.
 * Another list needs another `key`: its end was not reached by the button.
 */
export function ShowMore({
  hasMore,
  isPending,
  onMore,
  children = 'Show more',
}: {
  readonly hasMore: boolean
  readonly isPending: boolean
  readonly onMore: () => void
  readonly children?: string
}) {
  const [isUsed, setUsed] = useState(false)
  const end = useRef<HTMLParagraphElement>(null)
  const focus = useKeptFocus(hasMore, end)
  if (!hasMore && !isUsed) return null
  return (
    <div className="show-more" {...focus}>
      {hasMore ? (
        <Button
          isPending={isPending}
          onClick={() => {
            setUsed(true)
            onMore()
          }}
        >
          {children}
        </Button>
      ) : (
        <p ref={end} tabIndex={-1} className="soft small">
          End of the list
        </p>
      )}
    </div>
  )
}
