import { Link } from 'wouter'

/**
 * Above the heading of a page that belongs to a list.
 * @param props.href below the area; empty for the area itself, since `/` would add a slash to its address
 */
export const BackLink = ({ href, children }: { readonly href: string; readonly children: string }) => (
  <Link href={href} className="back-link">
    {`← ${children}`}
  </Link>
)
