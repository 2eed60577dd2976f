import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { Link } from 'wouter'

type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger'

/** With `aria-disabled` it looks disabled, but reports clicks: its form can say what is missing. */
interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: ButtonLook
  /** While an action runs: the button shows it and ignores clicks, but keeps the focus. */
  readonly isPending?: boolean
}

export function Button({ look = 'secondary', isPending = false, onClick, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`button button-${look} ${rest.className ?? ''}`}
      aria-disabled={isPending || rest['aria-disabled'] || undefined}
      aria-busy={isPending || undefined}
      onClick={(event) => {
        if (isPending) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {isPending && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  )
}

/** A link that looks like a button. */
export const ButtonLink = ({
  href,
  look = 'secondary',
  children,
}: {
  readonly href: string
  readonly look?: ButtonLook
  readonly children: ReactNode
}) => (
  <Link href={href} className={`button button-${look}`}>
    {children}
  </Link>
)
