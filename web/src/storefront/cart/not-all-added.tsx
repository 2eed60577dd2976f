import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { Notice } from '../../ui/states.tsx'

/** Says that the cart has less than what was added. */
export const NotAllAdded = ({ children }: { readonly children?: ReactNode }) => (
  <Notice look="warning" title="Not everything was added to your cart">
    <p>
      A cart holds 50 products, and 99 of each. What we do not sell any more is not added.{' '}
      <Link href="/cart">View cart</Link>
    </p>
    {children}
  </Notice>
)
