import { Link, useLocation, useSearchParams } from 'wouter'
import { useSession } from '../app-context.tsx'
import { Icon } from '../ui/icon.tsx'
import { focusHeading } from '../ui/navigation.ts'
import { Wordmark } from '../ui/wordmark.tsx'
import { countOf } from './cart/cart.ts'
import { useCartLines } from './cart/use-cart.ts'
import { shop } from './shop.ts'
import { nextPath, withNext } from './sign-in/next-path.ts'

export function Header() {
  const session = useSession()
  const [path] = useLocation()
  const [parameters] = useSearchParams()
  const isSignedOut = session.kind === 'signed-out'
  const here = parameters.size > 0 ? `${path}?${parameters}` : path
  const category = path === '/products' ? parameters.get('category') : null
  return (
    <header className="site-header">
      <div className="container site-header-row">
        <Link href="/" className="site-home" aria-label={`${shop.name}: home`}>
          <Wordmark name={shop.name} />
        </Link>
        <SearchForm />
        <div className="site-header-links">
          {/* A stored session is most likely valid: the link does not change when it is restored. */}
          <Link href={isSignedOut ? withNext('/sign-in', nextPath(here)) : '/account'} className="site-header-link">
            <Icon name="person" />
            <span className="site-header-text">{isSignedOut ? 'Sign in' : 'Account'}</span>
          </Link>
          <CartLink />
        </div>
      </div>
      <nav className="container site-categories" aria-label="Categories">
        <Link
          href="/products"
          className="site-category"
          aria-current={path === '/products' && category === null ? 'page' : undefined}
        >
          All
        </Link>
        {shop.categories.map(({ slug, label }) => (
          <Link
            key={slug}
            href={`/products?category=${slug}`}
            className="site-category"
            aria-current={slug === category ? 'page' : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
    </header>
  )
}

function SearchForm() {
  const [, navigate] = useLocation()
  const [parameters] = useSearchParams()
  const searched = parameters.get('q') ?? ''
  return (
    <search className="site-search">
      {/* A new search in the address replaces what the field shows. */}
      <form
        key={searched}
        action={(form) => {
          const text = String(form.get('q') ?? '').trim()
          navigate(text ? `/products?${new URLSearchParams({ q: text })}` : '/products')
          // The field is replaced. Another page gives its own heading the focus.
          focusHeading()
        }}
      >
        <input
          className="input"
          type="search"
          name="q"
          aria-label="Search products"
          placeholder="Search products"
          defaultValue={searched}
          maxLength={100}
          enterKeyHint="search"
        />
        <button type="submit" aria-label="Search">
          <Icon name="search" />
        </button>
      </form>
    </search>
  )
}

function CartLink() {
  const lines = useCartLines()
  const count = lines ? countOf(lines) : 0
  return (
    <Link href="/cart" className="site-header-link site-cart">
      <Icon name="cart" />
      <span className="site-header-text">Cart</span>
      {count > 0 && (
        <span className="site-cart-count number">
          {count > 99 ? '99+' : count}
          <span className="visually-hidden">{count === 1 ? ' item' : ' items'}</span>
        </span>
      )}
    </Link>
  )
}
