import { useId, useState, type InputHTMLAttributes } from 'react'
import { isAcceptable, passwordRules } from '../session/password-rules.ts'
import { TextField } from './field.tsx'
import './password-fields.css'

type PasswordFieldProps = {
  readonly label: string
  readonly error?: string | undefined
} & InputHTMLAttributes<HTMLInputElement>

/** A password that can be shown, to check what was typed. */
export function PasswordField(input: PasswordFieldProps) {
  const [isShown, setShown] = useState(false)
  return (
    <TextField
      required
      autoComplete="current-password"
      {...input}
      type={isShown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      end={
        <button type="button" className="input-end" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          Show<span className="visually-hidden"> {input.label}</span>
        </button>
      }
    />
  )
}

/** A new password, with the pool's rules checked while it is typed. */
export function NewPasswordField(input: PasswordFieldProps) {
  const [password, setPassword] = useState('')
  const rules = useId()
  return (
    <>
      <PasswordField
        name="password"
        autoComplete="new-password"
        aria-describedby={rules}
        {...input}
        onChange={({ target }) => {
          setPassword(target.value)
          target.setCustomValidity(
            isAcceptable(target.value) ? '' : 'The password does not meet all requirements of the list.',
          )
        }}
      />
      <ul role="list" id={rules} className="password-rules" aria-label="What a password needs">
        {passwordRules.map(({ text, isMet }) => (
          <li key={text} className={isMet(password) ? 'is-met' : ''}>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <circle cx="8" cy="8" r="7" />
              {isMet(password) && <path d="m4.8 8.2 2.2 2.2 4.2-4.6" />}
            </svg>
            {text}
            <span className="visually-hidden">{isMet(password) ? ': done' : ': missing'}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
