import { Link } from 'wouter'

/**
 * Above the heading, to the page before it.
 * @param props.href in the back office below the area; empty for the area itself, since `/` would add a slash to its address
 */
export const BackLink = ({ href, children }: { readonly href: string; readonly children: string }) => (
  <Link href={href} className="back-link">
    {`← ${children}`}
  </Link>
)
