import { Link } from 'wouter'
import type { Discount } from '../../api/types.ts'
import { formatCount, formatMoney } from '../../format.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Empty } from '../../ui/states.tsx'
import { DataTable } from '../data-table.tsx'
import { PagedList } from '../paged-list.tsx'
import { periodTexts, reductionText, stateLabels, stateOf } from './discount-state.ts'
import { useDiscounts } from './use-discounts.ts'

export function DiscountList() {
  const discounts = useDiscounts()
  const now = new Date()
  return (
    <Page
      title="Discounts"
      site="Back office"
      actions={
        <ButtonLink href="/new" look="primary">
          New discount
        </ButtonLink>
      }
    >
      <PagedList
        pages={discounts}
        noun="discount"
        empty={
          <Empty title="No discounts yet">
            <p className="soft">A discount is a code that customers enter when they order.</p>
            <ButtonLink href="/new" look="primary">
              New discount
            </ButtonLink>
          </Empty>
        }
      >
        {(items) => (
          <DataTable
            label="Discounts"
            keyOf={({ code }) => code}
            rows={items}
            columns={[
              {
                label: 'Code',
                cell: ({ code }) => (
                  <Link href={`/codes/${encodeURIComponent(code)}`} className="row-link">
                    <code>{code}</code>
                  </Link>
                ),
              },
              { label: 'State', cell: (discount) => <StateBadge discount={discount} now={now} /> },
              { label: 'Period', cell: (discount) => <Period discount={discount} /> },
              {
                label: 'Minimum',
                isNumber: true,
                cell: ({ minimumSubtotal }) => (minimumSubtotal ? formatMoney(minimumSubtotal) : 'none'),
              },
              {
                label: 'Uses',
                isNumber: true,
                cell: ({ uses, maximumUses }) =>
                  maximumUses === undefined ? 'unlimited' : `${formatCount(uses)} of ${formatCount(maximumUses)}`,
              },
              { label: 'Reduction', isNumber: true, cell: (discount) => <strong>{reductionText(discount)}</strong> },
            ]}
          />
        )}
      </PagedList>
    </Page>
  )
}

export const StateBadge = ({ discount, now }: { readonly discount: Discount; readonly now: Date }) => {
  const { text, look } = stateLabels[stateOf(discount, now)]
  return <Badge look={look}>{text}</Badge>
}

const Period = ({ discount }: { readonly discount: Discount }) => {
  const texts = periodTexts(discount)
  if (texts.length === 0) return 'always'
  return (
    <span className="two-lines">
      {texts.map((text) => (
        <span key={text}>{text}</span>
      ))}
    </span>
  )
}
