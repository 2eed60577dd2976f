import { useEffect, useRef, useState } from 'react'
import { fieldProblems } from '../../api/failure.ts'
import type { Order } from '../../api/types.ts'
import { plural } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, SelectField, TextArea, useRejectedFieldFocus } from '../../ui/field.tsx'
import { FormFailure } from '../../ui/states.tsx'
import { shop } from '../shop.ts'
import { returnableLines, returnItems, type ReturnableLine } from './return-lines.ts'
import type { useReturn } from './use-return.ts'

/** Which pieces go back, and why. */
export function ReturnForm({
  order,
  send,
  onClose,
}: {
  readonly order: Order
  readonly send: ReturnType<typeof useReturn>
  readonly onClose: () => void
}) {
  const lines = returnableLines(order)
  const { draft, change, discard } = send
  // A return of an order with one line is of that line.
  const chosen = draft.chosen ?? (lines.length === 1 ? { [lines[0]!.sku]: lines[0]!.left } : {})
  const [isMissingItems, setMissingItems] = useState(false)
  const items = returnItems(lines, chosen)
  const form = useRejectedFieldFocus({ error: send.error })
  const problems = fieldProblems(send.error, ['/reason'])
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const choose = (sku: string, quantity: number) => change({ chosen: { ...chosen, [sku]: quantity } })
  return (
    <form
      ref={form}
      className="card stack"
      aria-labelledby="return-title"
      onSubmit={(event) => {
        event.preventDefault()
        setMissingItems(items.length === 0)
        if (items.length > 0) send.run({ items, reason: draft.reason.trim() })
      }}
    >
      <h2 id="return-title" ref={heading} tabIndex={-1} className="quiet-focus">
        Return items
      </h2>
      <p className="soft">
        Choose what you send back. We refund what you paid for it; when everything comes back, shipping too.
      </p>
      <fieldset className="stack" aria-describedby={isMissingItems ? 'return-items-error' : undefined}>
        <legend className="visually-hidden">What are you sending back?</legend>
        {lines.map((line) => (
          <ReturnLine
            key={line.sku}
            line={line}
            quantity={Math.min(line.left, chosen[line.sku] ?? 0)}
            onChoose={choose}
          />
        ))}
        {isMissingItems && items.length === 0 && (
          <p id="return-items-error" className="field-error" role="alert">
            Choose at least one item.
          </p>
        )}
      </fieldset>
      <TextArea
        label="Why do you return it?"
        hint="Our staff reads it. It helps us, and changes nothing about your refund."
        value={draft.reason}
        onChange={({ target }) => change({ reason: target.value })}
        maxLength={500}
        required
        error={problems.at['/reason']}
      />
      <p className="small soft">Send the items to {shop.company}. Put the order number into the parcel.</p>
      <FormFailure error={send.error} others={problems.others} />
      <div className="cluster">
        <Button type="submit" look="primary" isPending={send.isPending}>
          {items.length === 0 ? 'Return' : `Return ${plural(pieces(items), 'piece')}`}
        </Button>
        <Button
          look="quiet"
          onClick={() => {
            discard()
            onClose()
          }}
        >
          Keep everything
        </Button>
      </div>
    </form>
  )
}

const pieces = (items: readonly { readonly quantity: number }[]) =>
  items.reduce((sum, { quantity }) => sum + quantity, 0)

const ReturnLine = ({
  line: { sku, name, left },
  quantity,
  onChoose,
}: {
  readonly line: ReturnableLine
  readonly quantity: number
  readonly onChoose: (sku: string, quantity: number) => void
}) => (
  <div className="return-line">
    <Checkbox
      label={name}
      hint={left === 1 ? undefined : `${left} can go back`}
      checked={quantity > 0}
      onChange={({ target }) => onChoose(sku, target.checked ? left : 0)}
    />
    {quantity > 0 && left > 1 && (
      <SelectField
        label="Pieces"
        aria-label={`Pieces of ${name}`}
        value={quantity}
        onChange={({ target }) => onChoose(sku, Number(target.value))}
        options={Array.from({ length: left }, (_, index) => ({ value: `${index + 1}`, label: `${index + 1}` }))}
      />
    )}
  </div>
)
