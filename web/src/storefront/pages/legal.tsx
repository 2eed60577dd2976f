import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { Page } from '../../ui/page.tsx'
import { shop } from '../shop.ts'

const documents: Readonly<Record<string, { readonly title: string; readonly text: ReactNode }>> = {
  '/terms': {
    title: 'Terms of sale',
    text: (
      <>
        <p>These are sample terms of a sample shop. Replace them with your own before you sell anything.</p>
        <h2>Prices and payment</h2>
        <p>
          All prices include value added tax of the country that we deliver to. Shipping is added at checkout, before
          you order. We charge your payment method when your items are reserved.
        </p>
        <h2>Your order</h2>
        <p>
          Your order is placed when its page shows a number. If an item turns out to be sold out, the order is rejected
          and nothing is charged. You can cancel an order until it is shipped.
        </p>
        <h2>Seller</h2>
        <p>{shop.company}</p>
      </>
    ),
  },
  '/privacy': {
    title: 'Privacy',
    text: (
      <>
        <p>This is a sample notice of a sample shop. Replace it with your own.</p>
        <h2>What we keep</h2>
        <p>
          Your email address, the name, phone number and addresses that you enter, your picture if you upload one, your
          cart, and your orders. We use no cookies and no trackers: your browser keeps only your session, your cart,
          and, until you close the tab, what you enter in forms.
        </p>
        <h2>Your rights</h2>
        <p>
          You can download everything that we keep about you, and delete your account, on your account page. Your orders
          then lose your name and address; open orders keep them until they are delivered. Copies that we need to
          recover from a failure are deleted at most {shop.deletedDataDays} days later.
        </p>
        <h2>Contact</h2>
        <p>
          Write to <a href={`mailto:${shop.email}`}>{shop.email}</a>.
        </p>
      </>
    ),
  },
  '/returns': {
    title: 'Returns',
    text: (
      <>
        <p>
          You can return items within {shop.returnDays} days after delivery, for any reason. Open the order in your
          account, choose the items, and tell us why.
        </p>
        <h2>Your refund</h2>
        <p>
          We refund what you paid for the returned items to the same payment method. When you return everything,
          shipping is refunded too.
        </p>
      </>
    ),
  },
}

export default function LegalPage() {
  const [path] = useLocation()
  const { title, text } = documents[path]!
  return (
    <Page title={title}>
      <div className="prose">{text}</div>
    </Page>
  )
}
