import { useEffect, useRef, type ReactNode } from 'react'
import { shop } from '../storefront/shop.ts'

interface PageProps {
  /** The heading, and the first part of the document's title. */
  readonly title: string
  /** The last part of the document's title. */
  readonly site?: string
  /** For search engines and previews of links; without one, the site's own. */
  readonly description?: string | undefined
  /** Beside the heading. */
  readonly actions?: ReactNode
  /** Above the heading, such as a link back to the list. */
  readonly above?: ReactNode
  readonly hasVisibleHeading?: boolean
  readonly children: ReactNode
}

/** How many pages this document has shown: the first one leaves the focus to the browser. */
let shown = 0

/** A page with its title. After a navigation its heading has the focus, so that a screen reader announces the page. */
export function Page({
  title,
  site = shop.name,
  description,
  actions,
  above,
  hasVisibleHeading = true,
  children,
}: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = title === site ? site : `${title} · ${site}`
  }, [title, site])
  useEffect(() => {
    const meta = document.querySelector<HTMLMetaElement>('meta[name=description]')
    if (!meta || description === undefined) return undefined
    const before = meta.content
    meta.content = description
    return () => void (meta.content = before)
  }, [description])
  useEffect(() => {
    shown += 1
    if (shown > 1) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <main id="content" className="container page">
      {above}
      <div className={hasVisibleHeading ? 'page-header' : 'visually-hidden'}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div className="cluster">{actions}</div>}
      </div>
      {children}
    </main>
  )
}
