import { useState } from 'react'
import { Icon } from './icon.tsx'
import { typedQuantity } from './quantity.ts'

/** How many pieces: typed, or by one more or less. Calls `onChange` with whole numbers from 1 to `max` only. */
export function QuantityField({
  label,
  value,
  max,
  onChange,
}: {
  readonly label: string
  readonly value: number
  readonly max: number
  readonly onChange: (value: number) => void
}) {
  /** What is being typed, which may not be a number yet. */
  const [text, setText] = useState<string>()
  const type = (typed: string) => {
    const quantity = typedQuantity(typed, max)
    // A number above the maximum is replaced at once.
    setText(quantity === max ? String(max) : typed)
    if (quantity !== undefined) onChange(quantity)
  }
  return (
    <div className="quantity" role="group" aria-label={label}>
      <button type="button" aria-label="One less" disabled={value <= 1} onClick={() => onChange(value - 1)}>
        <Icon name="minus" />
      </button>
      <input
        aria-label={label}
        inputMode="numeric"
        autoComplete="off"
        value={text ?? value}
        onChange={({ target }) => type(target.value)}
        onBlur={() => setText(undefined)}
      />
      <button type="button" aria-label="One more" disabled={value >= max} onClick={() => onChange(value + 1)}>
        <Icon name="plus" />
      </button>
    </div>
  )
}
