import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'

export const NotFoundPage = () => (
  <Page title="This page does not exist">
    <p className="soft">The address may be misspelled, or the page was moved.</p>
    <div>
      <ButtonLink href="/products" look="primary">
        See all products
      </ButtonLink>
    </div>
  </Page>
)
