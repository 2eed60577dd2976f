import { Link } from 'wouter'
import { useSession } from '../app-context.tsx'
import { Wordmark } from '../ui/wordmark.tsx'
import { shop } from './shop.ts'

export function Header() {
  const session = useSession()
  return (
    <header className="site-header">
      <div className="container site-header-row">
        <Link href="/" className="site-home" aria-label={`${shop.name}: home`}>
          <Wordmark name={shop.name} />
        </Link>
        <div className="site-header-links">
          {session.kind === 'signed-in' ? <Link href="/account">Account</Link> : <Link href="/sign-in">Sign in</Link>}
          <Link href="/cart">Cart</Link>
        </div>
      </div>
      <nav className="container site-categories" aria-label="Categories">
        {shop.categories.map(({ slug, label }) => (
          <Link key={slug} href={`/products?category=${slug}`}>
            {label}
          </Link>
        ))}
      </nav>
    </header>
  )
}
