import {
  useEffect,
  useId,
  useRef,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react'

interface Labelled {
  readonly label: string
  readonly hint?: ReactNode
  /** Why the value is rejected. */
  readonly error?: string | undefined
}

interface FieldProps extends Labelled {
  readonly isRequired: boolean
  /** The ids of further elements that describe the control. */
  readonly describedBy?: string | undefined
  readonly children: (control: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
}

/** The label, hint and error of any control. */
function Field({ label, hint, error, isRequired, describedBy = '', children }: FieldProps) {
  const id = useId()
  const described = [describedBy, hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {!isRequired && <span className="soft small"> (optional)</span>}
      </label>
      {children({
        id,
        ...(described ? { 'aria-describedby': described } : {}),
        ...(error ? { 'aria-invalid': true as const } : {}),
      })}
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

/**
 * Gives the first rejected field of a form the focus, so that its error is read with its label.
 * @param rejection.error of the form's request
 * @param rejection.attempts how often the form was submitted, if it also rejects values by itself
 * @returns the ref of the form
 */
export function useRejectedFieldFocus({
  error,
  attempts = 0,
}: {
  readonly error: unknown
  readonly attempts?: number
}) {
  const form = useRef<HTMLFormElement>(null)
  const focusRejected = () => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  useEffect(() => {
    if (error) focusRejected()
  }, [error])
  useEffect(() => {
    if (attempts > 0) focusRejected()
  }, [attempts])
  return form
}

export const TextField = ({
  label,
  hint,
  error,
  end,
  ...input
}: Labelled & {
  /** Within the field, at its end, such as a button that shows a password. */
  readonly end?: ReactNode
} & InputHTMLAttributes<HTMLInputElement>) => (
  <Field
    label={label}
    hint={hint}
    error={error}
    isRequired={input.required === true}
    describedBy={input['aria-describedby']}
  >
    {(control) => (
      <span className="input-frame">
        <input className="input" {...input} {...control} />
        {end}
      </span>
    )}
  </Field>
)

export const TextArea = ({ label, hint, error, ...input }: Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>) => (
  <Field label={label} hint={hint} error={error} isRequired={input.required === true}>
    {(control) => <textarea className="input" rows={4} {...input} {...control} />}
  </Field>
)

export interface Option {
  readonly value: string
  readonly label: string
}

export const SelectField = ({
  label,
  hint,
  error,
  options,
  ...select
}: Labelled & { readonly options: readonly Option[] } & SelectHTMLAttributes<HTMLSelectElement>) => (
  <Field label={label} hint={hint} error={error} isRequired>
    {(control) => (
      <select className="input" {...select} {...control}>
        {options.map(({ value, label: text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    )}
  </Field>
)

/** One of several choices, each with a description. */
export const Choice = ({
  name,
  value,
  checked,
  onChange,
  label,
  hint,
  end,
}: {
  readonly name: string
  readonly value: string
  readonly checked: boolean
  readonly onChange: (value: string) => void
  readonly label: ReactNode
  readonly hint?: ReactNode
  /** At the end of the line, such as a price. */
  readonly end?: ReactNode
}) => (
  <label className="choice">
    <input type="radio" name={name} value={value} checked={checked} onChange={() => onChange(value)} />
    <span className="choice-text">
      <span>{label}</span>
      {hint && <span className="soft small">{hint}</span>}
    </span>
    {end && <span className="number">{end}</span>}
  </label>
)

export const Checkbox = ({
  label,
  hint,
  ...input
}: { readonly label: ReactNode; readonly hint?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) => (
  <label className="choice">
    <input type="checkbox" {...input} />
    <span className="choice-text">
      <span>{label}</span>
      {hint && <span className="soft small">{hint}</span>}
    </span>
  </label>
)
