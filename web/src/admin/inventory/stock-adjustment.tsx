import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { bodyOf, isReplayed } from '../../api/client.ts'
import { ApiFailure, fieldProblems } from '../../api/failure.ts'
import { useIdempotencyKeys } from '../../api/idempotency-key.ts'
import type { Stock } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatCount } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { Choice, TextField, useRejectedFieldFocus } from '../../ui/field.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { useDraft } from '../../ui/use-draft.ts'
import { adjustmentOf, emptyAdjustment, type AdjustmentRequest } from './adjustment.ts'

/** Sets or adds available pieces, with a reason for the ledger. */
export function StockAdjustment({ stock }: { readonly stock: Stock }) {
  const api = useApi()
  const queries = useQueryClient()
  const { sku } = stock
  const { draft, change: changeDraft, endSaving, key } = useDraft(`stock/${sku}`, emptyAdjustment)
  const keys = useIdempotencyKeys(key)
  const outcome = adjustmentOf(draft, stock)
  const adjust = useAction({
    mutationFn: async ({ request }: { request: AdjustmentRequest; sent: typeof draft }) => {
      const header = { 'idempotency-key': keys.keyFor(request) }
      const adjusting = api.PUT('/admin/inventory/{sku}', { params: { path: { sku }, header }, body: request })
      return { changed: await bodyOf(adjusting), wasMadeBefore: isReplayed((await adjusting).response) }
    },
    onSuccess: async ({ changed, wasMadeBefore }, { sent }) => {
      // It has a response: the same adjustment again is another one.
      keys.reset()
      // What was typed since then is of the same kind.
      endSaving(sent, { ...emptyAdjustment, kind: sent.kind })
      // The stock of an earlier response may have changed since.
      if (!wasMadeBefore) queries.setQueryData(['stock', 'one', sku], changed)
      await queries.invalidateQueries({ queryKey: wasMadeBefore ? ['stock'] : ['stock', 'list'] })
    },
    onError: () => queries.invalidateQueries({ queryKey: ['stock', 'one', sku] }),
  })
  const change = (changes: Partial<typeof draft>) => {
    // What is typed next is another adjustment.
    if (adjust.isSuccess) adjust.reset()
    changeDraft(changes)
  }
  const isBelowZero = adjust.error instanceof ApiFailure && adjust.error.code === 'stock-below-zero'
  const [attempts, setAttempts] = useState(0)
  const form = useRejectedFieldFocus({ error: adjust.error, attempts })
  const problems = fieldProblems(adjust.error, [`/${draft.kind}`, '/reason', '/lowStockThreshold'])
  return (
    <form
      ref={form}
      className="card stack detail-first"
      onSubmit={(event) => {
        event.preventDefault()
        setAttempts(attempts + 1)
        if (outcome.ok) adjust.run({ request: outcome.request, sent: draft })
      }}
    >
      <h2>Adjust</h2>
      <fieldset className="stack adjustment-kinds">
        <legend className="visually-hidden">How</legend>
        <Choice
          name="kind"
          value="add"
          checked={draft.kind === 'add'}
          onChange={() => change({ kind: 'add' })}
          label="Add pieces"
          hint="A delivery; with a minus, a loss."
        />
        <Choice
          name="kind"
          value="set"
          checked={draft.kind === 'set'}
          onChange={() => change({ kind: 'set' })}
          label="Set the available pieces"
          hint="After counting them."
        />
      </fieldset>
      <TextField
        label={draft.kind === 'add' ? 'Pieces to add' : 'Available pieces'}
        value={draft.pieces}
        onChange={(event) => change({ pieces: event.currentTarget.value })}
        inputMode="text"
        autoComplete="off"
        placeholder={draft.kind === 'add' ? '24 or -2' : String(stock.available)}
        required
        hint={outcome.ok ? `Available afterwards: ${formatCount(outcome.available)}` : undefined}
        error={(draft.pieces !== '' && !outcome.ok ? outcome.problem : undefined) ?? problems.at[`/${draft.kind}`]}
      />
      <TextField
        label="Reason"
        value={draft.reason}
        onChange={(event) => change({ reason: event.currentTarget.value })}
        maxLength={200}
        placeholder="Delivery 4711"
        hint="Shown in the ledger."
        error={problems.at['/reason']}
      />
      <TextField
        label="Low-stock threshold"
        value={draft.threshold}
        onChange={(event) => change({ threshold: event.currentTarget.value })}
        inputMode="numeric"
        autoComplete="off"
        placeholder={stock.lowStockThreshold === undefined ? 'default' : String(stock.lowStockThreshold)}
        hint="With this many available pieces or fewer, the stock is low."
        error={problems.at['/lowStockThreshold']}
      />
      {isBelowZero ? (
        <Notice look="danger" title="Fewer pieces are available">
          <p>
            {`At most ${stock.available} can be removed.`}
            {stock.reserved > 0 &&
              ` The ${stock.reserved} reserved ones belong to orders: cancel an order to release its pieces.`}
          </p>
        </Notice>
      ) : (
        <FormFailure error={adjust.error} others={problems.others} />
      )}
      {adjust.data && <Adjusted wasMadeBefore={adjust.data.wasMadeBefore} />}
      <Button type="submit" look="primary" isPending={adjust.isPending}>
        {outcome.ok ? outcome.action : 'Adjust the stock'}
      </Button>
    </form>
  )
}

const Adjusted = ({ wasMadeBefore }: { readonly wasMadeBefore: boolean }) =>
  wasMadeBefore ? (
    <Notice title="The stock was adjusted by an earlier attempt">
      <p>Its response was lost. Nothing was changed now: if this is another adjustment, enter it again.</p>
    </Notice>
  ) : (
    <Notice look="success">The stock was adjusted.</Notice>
  )
