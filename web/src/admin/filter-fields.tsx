import { useId, useState } from 'react'
import type { Option } from '../ui/field.tsx'
import { Button } from '../ui/button.tsx'

/** A filter with a few values, applied at once. */
export function FilterSelect({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly options: readonly Option[]
  readonly onChange: (value: string) => void
}) {
  const id = useId()
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(({ value: each, label: text }) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}

/** A filter of text, applied by Enter or the button, and removed when it is emptied. */
export function FilterText({
  label,
  value,
  placeholder,
  maxLength,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly maxLength: number
  readonly onChange: (value: string) => void
}) {
  const id = useId()
  const [text, setText] = useState(value)
  const [applied, setApplied] = useState(value)
  // The address was changed by a link or the back button.
  if (value !== applied) {
    setApplied(value)
    setText(value)
  }
  const apply = (next: string) => {
    setApplied(next)
    if (next !== value) onChange(next)
  }
  return (
    <form
      role="search"
      className="filter filter-text"
      onSubmit={(event) => {
        event.preventDefault()
        apply(text.trim())
      }}
    >
      <label htmlFor={id}>{label}</label>
      <div className="filter-text-line">
        <input
          id={id}
          type="search"
          className="input"
          value={text}
          placeholder={placeholder}
          maxLength={maxLength}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.currentTarget.value)
            if (event.currentTarget.value === '') apply('')
          }}
        />
        <Button type="submit">Search</Button>
      </div>
    </form>
  )
}
