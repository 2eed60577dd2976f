import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { explain } from '../../api/failure.ts'
import type { QuoteRequest } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { useAction } from '../../ui/use-action.ts'
import { quoteQuery } from './use-quote.ts'

/** Applies a code by asking for a quote with it. The reason for a rejection is not shown: it would reveal which codes exist. */
export function DiscountCode({
  request,
  applied,
  onChange,
}: {
  /** What is ordered, without a code. */
  readonly request: QuoteRequest
  readonly applied: string | undefined
  readonly onChange: (code: string | undefined) => void
}) {
  const api = useApi()
  const client = useQueryClient()
  const [text, setText] = useState('')
  /** The control that was used is replaced by another one, which gets the focus. */
  const [wasChanged, setWasChanged] = useState(false)
  const apply = useAction({
    mutationFn: (discountCode: string) => client.fetchQuery(quoteQuery(api, { ...request, discountCode })),
    onSuccess: (_, code) => {
      setText('')
      setWasChanged(true)
      onChange(code)
    },
  })
  if (applied !== undefined) {
    return (
      <div className="discount-applied">
        <p role="status">
          Code <strong>{applied}</strong>
        </p>
        <Button
          look="quiet"
          autoFocus={wasChanged}
          onClick={() => {
            setWasChanged(true)
            onChange(undefined)
          }}
          aria-label={`Remove the code ${applied}`}
        >
          Remove
        </Button>
      </div>
    )
  }
  const { title, advice } = explain(apply.error)
  return (
    <form
      className="discount"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim()) apply.run(text.trim())
      }}
    >
      <TextField
        label="Discount code"
        autoFocus={wasChanged}
        value={text}
        maxLength={100}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        error={apply.error ? `${title}. ${advice}` : undefined}
        onChange={({ target }) => {
          setText(target.value)
          apply.reset()
        }}
      />
      <Button type="submit" isPending={apply.isPending}>
        Apply
      </Button>
    </form>
  )
}
