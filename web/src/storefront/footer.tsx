import { Link } from 'wouter'
import { shop } from './shop.ts'

export const Footer = () => (
  <footer className="site-footer">
    <div className="container site-footer-row">
      <p className="soft small">{shop.company}</p>
      <nav className="cluster small" aria-label="Legal">
        <Link href="/terms">Terms</Link>
        <Link href="/privacy">Privacy</Link>
        <Link href="/returns">Returns</Link>
      </nav>
    </div>
  </footer>
)
