import { useState } from 'react'
import { Icon } from './icon.tsx'

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
  const change = (next: number) => {
    if (Number.isInteger(next) && next >= 1 && next <= max) onChange(next)
  }
  return (
    <div className="quantity" role="group" aria-label={label}>
      <button type="button" aria-label="One less" disabled={value <= 1} onClick={() => change(value - 1)}>
        <Icon name="minus" />
      </button>
      <input
        aria-label={label}
        inputMode="numeric"
        autoComplete="off"
        value={text ?? value}
        onChange={({ target }) => {
          setText(target.value)
          if (/^\d+$/.test(target.value)) change(Number(target.value))
        }}
        onBlur={() => setText(undefined)}
      />
      <button type="button" aria-label="One more" disabled={value >= max} onClick={() => change(value + 1)}>
        <Icon name="plus" />
      </button>
    </div>
  )
}
