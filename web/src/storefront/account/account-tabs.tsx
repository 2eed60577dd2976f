import { Link } from 'wouter'
import './account-tabs.css'

/** Between the pages of a customer. */
export const AccountTabs = () => (
  <nav className="account-tabs" aria-label="Your account">
    <Link href="/orders" className={tabClass}>
      Orders
    </Link>
    <Link href="/account" className={tabClass}>
      Account
    </Link>
  </nav>
)

const tabClass = (isActive: boolean) => (isActive ? 'account-tab is-active' : 'account-tab')
