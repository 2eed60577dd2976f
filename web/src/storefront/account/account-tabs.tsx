import { Link, useLocation } from 'wouter'
import './account-tabs.css'

const tabs = [
  { path: '/orders', label: 'Orders' },
  { path: '/account', label: 'Account' },
] as const

/** Between the pages of a customer. */
export function AccountTabs() {
  const [here] = useLocation()
  return (
    <nav className="account-tabs" aria-label="Your account">
      {tabs.map(({ path, label }) => (
        <Link key={path} href={path} className="account-tab" aria-current={path === here ? 'page' : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  )
}
