import { Link } from 'wouter'

/** Above the heading of a page that belongs to a list. */
export const BackLink = ({ href, children }: { readonly href: string; readonly children: string }) => (
  <Link href={href} className="back-link">
    {`← ${children}`}
  </Link>
)
