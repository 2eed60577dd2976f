import { ApiFailure } from '../../api/failure.ts'
import { Button } from '../../ui/button.tsx'
import type { Line } from './cart.ts'
import { useProductOf } from './cart-line.tsx'

/** What is in the cart but cannot be ordered, and why. */
export const UnavailableLines = ({
  lines,
  onRemove,
}: {
  readonly lines: readonly Line[]
  readonly onRemove: (sku: string) => void
}) => (
  <section className="stack">
    <h2>No longer available</h2>
    <ul role="list" className="card stack">
      {lines.map((line) => (
        <UnavailableLine key={line.sku} line={line} onRemove={() => onRemove(line.sku)} />
      ))}
    </ul>
  </section>
)

function UnavailableLine({
  line: { sku, quantity },
  onRemove,
}: {
  readonly line: Line
  readonly onRemove: () => void
}) {
  const product = useProductOf(sku)
  const isUnknown = product.error instanceof ApiFailure && product.error.status === 404
  return (
    <li className="cluster cart-unavailable-line">
      <div>
        <p>
          {quantity} × {product.data?.name ?? sku}
        </p>
        <p className="soft small">
          {isUnknown ? 'We do not have this product.' : 'We do not sell this any more.'} It is not part of your order.
        </p>
      </div>
      <Button look="quiet" onClick={onRemove}>
        Remove
      </Button>
    </li>
  )
}
