import type { ReactNode } from 'react'
import { ApiFailure, explain, type FieldProblem } from '../api/failure.ts'
import { Button } from './button.tsx'
import { useKeptFocus } from './navigation.ts'

/** While a list or page loads: its rough shape, so that nothing moves when it arrives. */
export const Loading = ({ label = 'Loading', lines = 4 }: { readonly label?: string; readonly lines?: number }) => (
  <div className="stack" role="status">
    <span className="visually-hidden">{label} …</span>
    {Array.from({ length: lines }, (_, index) => (
      <div key={index} className="skeleton" aria-hidden="true" />
    ))}
  </div>
)

/** A request that failed: what happened, what to do, and the retry. */
export function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { title, advice } = explain(error)
  const focus = useKeptFocus()
  // A retry does not help for a 404.
  const isMissing = error instanceof ApiFailure && error.status === 404
  return (
    <div className="state" role="alert" {...focus}>
      <h2>{title}</h2>
      <p className="soft">{advice}</p>
      {onRetry && !isMissing && <Button onClick={onRetry}>Try again</Button>}
      {error instanceof ApiFailure && error.requestId && (
        <p className="soft small">
          Request <code>{error.requestId}</code>
        </p>
      )}
    </div>
  )
}

/** An empty list: what it will show, and what to do. */
export const Empty = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <div className="state">
    <h2>{title}</h2>
    {children}
  </div>
)

type NoticeLook = 'info' | 'success' | 'warning' | 'danger'

/** A message within a page. Warnings and errors are announced at once. */
export const Notice = ({
  look = 'info',
  title,
  children,
}: {
  readonly look?: NoticeLook
  readonly title?: string
  readonly children?: ReactNode
}) => (
  <div className={`notice look-${look}`} role={look === 'danger' || look === 'warning' ? 'alert' : 'status'}>
    {title && <strong>{title}</strong>}
    {children}
  </div>
)

/** @returns the name of a field in words, such as `Postal code` of `/shippingAddress/postalCode` */
function fieldName(pointer: string): string {
  const name = pointer.split('/').findLast((part) => /^[a-z]/i.test(part)) ?? 'form'
  if (name === 'sku') return 'SKU'
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/**
 * The failure of a form, above its button; nothing if all of it is beside fields.
 * @param props.others the rejected values that no field shows. @default all
 */
export function FormFailure({ error, others }: { readonly error: unknown; readonly others?: readonly FieldProblem[] }) {
  if (!error) return null
  const { title, advice } = explain(error)
  const rejected = error instanceof ApiFailure ? error.fields : []
  const fields = others ?? rejected
  if (rejected.length > 0 && fields.length === 0) return null
  return (
    <Notice look="danger" title={title}>
      <p>{advice}</p>
      {fields.length > 0 && (
        <ul>
          {fields.map(({ pointer, detail }) => (
            <li key={pointer}>{`${fieldName(pointer)}: ${detail}`}</li>
          ))}
        </ul>
      )}
    </Notice>
  )
}
