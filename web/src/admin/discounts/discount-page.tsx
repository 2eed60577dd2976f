import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Discount } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatCount, plural } from '../../format.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useKeptFocus } from '../../ui/navigation.ts'
import { Page } from '../../ui/page.tsx'
import { Empty, Failed, FormFailure, Loading } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { BackLink } from '../../ui/back-link.tsx'
import { allDiscounts, putDiscount, withCode } from './all-discounts.ts'
import { DiscountForm } from './discount-form.tsx'
import { endedTerms } from './discount-draft.ts'
import { StateBadge } from './discount-list.tsx'
import { stateOf } from './discount-state.ts'

const back = <BackLink href="">All discounts</BackLink>

export function NewDiscountPage() {
  const { data, error, refetch } = useQuery(allDiscounts(useApi()))
  return (
    <Page title="New discount" site="Back office" above={back}>
      {data ? (
        <DiscountForm existing={(code) => withCode(data, code)} />
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading label="Loading the codes that exist" />
      )}
    </Page>
  )
}

export function ChangeDiscountPage({ code }: { readonly code: string }) {
  const { data, error, isFetching, refetch } = useQuery(allDiscounts(useApi()))
  const discount = data && withCode(data, code)
  const isMissing = !discount && !isFetching
  return (
    <Page
      title={discount?.code ?? code}
      site="Back office"
      above={back}
      actions={discount && <StateBadge discount={discount} now={new Date()} />}
    >
      {!discount && isFetching && <Loading label="Loading the discount" />}
      {isMissing && error && <Failed error={error} onRetry={() => void refetch()} />}
      {isMissing && !error && (
        <Empty title="There is no such discount">
          <ButtonLink href="/new">New discount</ButtonLink>
        </Empty>
      )}
      {discount && (
        <div className="detail">
          <DiscountForm key={discount.code} current={discount} />
          <Uses discount={discount} />
        </div>
      )}
    </Page>
  )
}

function Uses({ discount }: { readonly discount: Discount }) {
  const { uses, maximumUses } = discount
  const state = stateOf(discount, new Date())
  const focus = useKeptFocus(state)
  return (
    <section className="card stack" {...focus}>
      <h2>Uses</h2>
      {maximumUses === undefined ? (
        <p className="soft">They are counted only while there is a maximum.</p>
      ) : (
        <>
          <p>{`Used ${plural(uses, 'time')}, at most ${formatCount(maximumUses)}.`}</p>
          <progress className="discount-uses" value={Math.min(uses, maximumUses)} max={maximumUses} aria-label="Uses" />
        </>
      )}
      {(state === 'active' || state === 'upcoming') && <EndNow discount={discount} />}
    </section>
  )
}

/** A discount is not deleted: its period ends, so that its uses remain known. */
function EndNow({ discount }: { readonly discount: Discount }) {
  const api = useApi()
  const queries = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  const end = useAction({
    mutationFn: async () => {
      // Only the end changes, not what a colleague has changed meanwhile.
      const stored =
        withCode(await queries.fetchQuery({ ...allDiscounts(api), staleTime: 0 }), discount.code) ?? discount
      return putDiscount(api, stored.code, stored, endedTerms(stored, new Date()))
    },
    onSuccess: async () => {
      setIsAsking(false)
      await queries.invalidateQueries({ queryKey: ['discounts'] })
    },
  })
  return (
    <>
      <Button look="danger" onClick={() => setIsAsking(true)}>
        End now
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={`End ${discount.code}?`}
          confirm="End now"
          isPending={end.isPending}
          onConfirm={() => end.run()}
          onClose={() => {
            setIsAsking(false)
            end.reset()
          }}
        >
          <p>Customers can no longer use the code. Placed orders keep their discount.</p>
          <FormFailure error={end.error} />
        </ConfirmDialog>
      )}
    </>
  )
}
