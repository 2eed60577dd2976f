import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { answerOf } from '../../api/client.ts'
import type { Cart } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { formatMoney } from '../../format.ts'
import { AvailabilityBadge } from '../../ui/badge.tsx'
import { Icon } from '../../ui/icon.tsx'
import { ProductImage } from '../../ui/product-image.tsx'
import { QuantityField } from '../../ui/quantity-field.tsx'
import { maxQuantity, productIdOf } from './cart.ts'

/** The product of a line, for its picture: what it costs is in the cart. */
export function useProductOf(sku: string) {
  const api = useApi()
  const productId = productIdOf(sku)
  return useQuery({
    queryKey: ['products', productId],
    queryFn: () => answerOf(api.GET('/products/{productId}', { params: { path: { productId } } })),
  })
}

/** How long a customer may take between two clicks that are one change. */
const settleMs = 400

export function CartLine({
  line,
  addedPrice,
  hasFailed,
  onQuantity,
  onRemove,
}: {
  readonly line: Cart['items'][number]
  /** In minor units. */
  readonly addedPrice: number | undefined
  /** Whether the last change failed: the line then shows what the cart has. */
  readonly hasFailed: boolean
  readonly onQuantity: (quantity: number) => void
  readonly onRemove: () => void
}) {
  const { sku, name, unitPrice, availability } = line
  const product = useProductOf(sku)
  const [quantity, setQuantity] = useSettledQuantity(line.quantity, onQuantity, hasFailed)
  const href = `/products/${productIdOf(sku)}`
  return (
    <li className="cart-line">
      <Link href={href} className="cart-line-picture" tabIndex={-1} aria-hidden="true">
        {product.isPending ? (
          <span className="product-image skeleton" />
        ) : (
          <ProductImage images={product.data?.images ?? []} alt="" sizes="6rem" />
        )}
      </Link>
      <div className="cart-line-words">
        <Link href={href} className="cart-line-name">
          {name}
        </Link>
        <p className="soft small number">{formatMoney(unitPrice)} each</p>
        {addedPrice !== undefined && addedPrice !== unitPrice.amount && (
          <p className="small cart-line-change">
            The price was {formatMoney({ ...unitPrice, amount: addedPrice })} when you added it.
          </p>
        )}
        {availability !== 'in-stock' && (
          <div>
            <AvailabilityBadge availability={availability} />
          </div>
        )}
      </div>
      <div className="cart-line-quantity">
        <QuantityField label={`Quantity of ${name}`} value={quantity} max={maxQuantity} onChange={setQuantity} />
        <button type="button" className="icon-button" aria-label={`Remove ${name}`} onClick={onRemove}>
          <Icon name="remove" />
        </button>
      </div>
      <p className="cart-line-total number">{formatMoney({ ...unitPrice, amount: unitPrice.amount * quantity })}</p>
    </li>
  )
}

/** Several clicks in a row are one change, which is not lost when the page is left meanwhile. */
function useSettledQuantity(
  confirmed: number,
  onQuantity: (quantity: number) => void,
  hasFailed: boolean,
): [number, (quantity: number) => void] {
  const [chosen, setChosen] = useState<number>()
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; send: () => void }>(undefined)
  useEffect(() => {
    if (chosen === confirmed || hasFailed) setChosen(undefined)
  }, [chosen, confirmed, hasFailed])
  useEffect(
    () => () => {
      clearTimeout(waiting.current?.timer)
      waiting.current?.send()
    },
    [],
  )
  const choose = (quantity: number) => {
    setChosen(quantity)
    clearTimeout(waiting.current?.timer)
    const send = () => {
      waiting.current = undefined
      onQuantity(quantity)
    }
    waiting.current = { timer: setTimeout(send, settleMs), send }
  }
  return [chosen ?? confirmed, choose]
}
