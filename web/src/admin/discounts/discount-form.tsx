import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { fieldProblems, isStale } from '../../api/failure.ts'
import type { Discount } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { shop } from '../../storefront/shop.ts'
import { Button } from '../../ui/button.tsx'
import { Choice, TextField, useRejectedFieldFocus } from '../../ui/field.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { useDraft } from '../../ui/use-draft.ts'
import { putDiscount } from './all-discounts.ts'
import {
  draftOf,
  emptyDiscount,
  requestOf,
  type DiscountDraft,
  type DiscountProblems,
  type DiscountRequest,
} from './discount-draft.ts'
import { termsText } from './discount-state.ts'

/** To a parameter of the path. */
const codePointer = '/path/code'

/** Creates a discount, or replaces its terms; both are the same request. */
export function DiscountForm({
  current,
  existing = () => undefined,
}: {
  /** The discount that is changed, in its current version. */
  readonly current?: Discount
  /** Another discount with the code that was typed. */
  readonly existing?: (code: string) => Discount | undefined
}) {
  const api = useApi()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  /** The version that the form was opened with. */
  const [base, setBase] = useState(current)
  const initial = base ? draftOf(base, shop.timeZone) : emptyDiscount
  const { draft, isChanged, change, discard } = useDraft(
    `discount/${base ? `${base.code}/${base.version}` : 'new'}`,
    initial,
  )
  const [problems, setProblems] = useState<DiscountProblems>({})
  const [attempts, setAttempts] = useState(0)
  const save = useAction({
    mutationFn: ({ request, sent: { code } }: { request: DiscountRequest; sent: DiscountDraft }) =>
      putDiscount(api, code.trim(), current ?? existing(code), request),
    onSuccess: async (_, { sent }) => {
      await queries.invalidateQueries({ queryKey: ['discounts'] })
      discard(sent)
    },
    goOn: () => navigate(''),
    // Then the page shows what has replaced the version that it had read.
    onError: (error) => void (isStale(error) && queries.invalidateQueries({ queryKey: ['discounts'] })),
  })
  const isOutdated = current?.version !== base?.version && !save.isPending
  const showCurrent = () => {
    setBase(current)
    discard()
    save.reset()
  }
  if (isOutdated && !isChanged) showCurrent()
  /** What saving replaces, besides the version that the form was opened with. */
  const replaced = isOutdated ? current : current ? undefined : existing(draft.code)
  const submit = () => {
    const outcome = requestOf(draft, shop.timeZone)
    setProblems(outcome.ok ? {} : outcome.problems)
    setAttempts(attempts + 1)
    if (outcome.ok) save.run({ request: outcome.request, sent: draft })
  }
  const form = useRejectedFieldFocus({ error: save.error, attempts })
  const rejected = fieldProblems<string>(save.error, [
    ...(current ? [] : [codePointer]),
    `/${draft.reduction}`,
    '/minimumSubtotal',
    '/maximumUses',
    '/startsAt',
    '/endsAt',
  ])
  const field = (key: keyof DiscountDraft, pointer = `/${key}`) => ({
    value: draft[key],
    onChange: (event: { currentTarget: { value: string } }) => change({ [key]: event.currentTarget.value }),
    autoComplete: 'off',
    error: problems[key] ?? rejected.at[pointer],
  })
  return (
    <form
      ref={form}
      className="card stack discount-form"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {!current && (
        <TextField
          label="Code"
          hint="Letters, digits and single dashes or underscores, such as WELCOME-10. Small and capital letters are the same."
          minLength={3}
          maxLength={40}
          spellCheck={false}
          required
          {...field('code', codePointer)}
        />
      )}
      <fieldset className="stack discount-kinds">
        <legend>Reduction</legend>
        <div className="form-grid">
          <Choice
            name="reduction"
            value="percentage"
            checked={draft.reduction === 'percentage'}
            onChange={() => change({ reduction: 'percentage' })}
            label="A percentage"
          />
          <Choice
            name="reduction"
            value="amount"
            checked={draft.reduction === 'amount'}
            onChange={() => change({ reduction: 'amount' })}
            label="An amount"
          />
        </div>
        {draft.reduction === 'percentage' ? (
          <TextField label="Percent" inputMode="numeric" placeholder="10" required {...field('percentage')} />
        ) : (
          <TextField label="Amount in euros" inputMode="decimal" placeholder="5.00" required {...field('amount')} />
        )}
      </fieldset>
      <div className="form-grid">
        <TextField label="Minimum in euros" inputMode="decimal" placeholder="any order" {...field('minimumSubtotal')} />
        <TextField label="Maximum uses" inputMode="numeric" placeholder="unlimited" {...field('maximumUses')} />
      </div>
      <div className="form-grid">
        <TextField label="Starts" type="datetime-local" {...field('startsAt')} />
        <TextField label="Ends" type="datetime-local" {...field('endsAt')} />
      </div>
      <p className="soft small">{`Times are those of the shop, in ${shop.timeZone}. Without a start the code is valid at once.`}</p>
      {replaced && (
        <Notice look="warning" title={current ? 'The terms have changed in the meantime' : 'This code exists already'}>
          <p>{`It now gives ${termsText(replaced)}. Saving replaces these terms; the uses remain.`}</p>
          {current && <Button onClick={showCurrent}>Show these terms</Button>}
        </Notice>
      )}
      <FormFailure error={replaced && isStale(save.error) ? null : save.error} others={rejected.others} />
      <div className="cluster">
        <Button type="submit" look="primary" isPending={save.isPending}>
          {replaced ? 'Replace the terms' : current ? 'Save changes' : 'Create the discount'}
        </Button>
      </div>
    </form>
  )
}
