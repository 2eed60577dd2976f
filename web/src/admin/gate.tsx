import type { ReactNode } from 'react'
import { shop } from '../storefront/shop.ts'
import { Page } from '../ui/page.tsx'
import { Wordmark } from '../ui/wordmark.tsx'

/** A page in place of the back office, for a user who has not signed in or has no access. */
export const Gate = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <div className="gate">
    <Page title={title} site={shop.name} above={<Wordmark name={shop.name} />}>
      {children}
    </Page>
  </div>
)
