import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { bodyOf } from '../../api/client.ts'
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
    queryFn: () => bodyOf(api.GET('/products/{productId}', { params: { path: { productId } } })),
  })
}

/** How long a customer may take between two clicks that are one change. */
const settleMs = 400

export function CartLine({
  line,
  addedPrice,
  failure,
  onQuantity,
  onRemove,
}: {
  readonly line: Cart['items'][number]
  /** In minor units. */
  readonly addedPrice: number | undefined
  /** Why the last change failed. The line then shows what the cart has. */
  readonly failure: Error | null
  /** @param isLeaving whether the document ends now */
  readonly onQuantity: (quantity: number, isLeaving: boolean) => void
  readonly onRemove: () => void
}) {
  const { sku, name, unitPrice, availability } = line
  const product = useProductOf(sku)
  const { quantity, setQuantity, discard } = useSettledQuantity(line.quantity, onQuantity, failure)
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
        <button
          type="button"
          className="icon-button"
          aria-label={`Remove ${name}`}
          onClick={() => {
            // Otherwise the quantity that waits would bring the line back.
            discard()
            onRemove()
          }}
        >
          <Icon name="remove" />
        </button>
      </div>
      <p className="cart-line-total number">{formatMoney({ ...unitPrice, amount: unitPrice.amount * quantity })}</p>
    </li>
  )
}

/** Several clicks in a row are one change, which is not lost when the page is left or closed meanwhile. */
function useSettledQuantity(
  confirmed: number,
  onQuantity: (quantity: number, isLeaving: boolean) => void,
  failure: Error | null,
): { quantity: number; setQuantity: (quantity: number) => void; discard: () => void } {
  const [chosen, setChosen] = useState<number>()
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; send: (isLeaving: boolean) => void }>(undefined)
  useEffect(() => {
    if (chosen === confirmed) setChosen(undefined)
  }, [chosen, confirmed])
  // When a change fails, not as long as its failure is shown. What was chosen since then is still to be sent.
  useEffect(() => {
    if (failure && !waiting.current) setChosen(undefined)
  }, [failure])
  useEffect(() => {
    const leave = ({ type }: { readonly type?: string } = {}) => {
      clearTimeout(waiting.current?.timer)
      waiting.current?.send(type === 'pagehide')
    }
    addEventListener('pagehide', leave)
    return () => {
      removeEventListener('pagehide', leave)
      leave()
    }
  }, [])
  const discard = () => {
    clearTimeout(waiting.current?.timer)
    waiting.current = undefined
  }
  const setQuantity = (quantity: number) => {
    setChosen(quantity)
    discard()
    const send = (isLeaving: boolean) => {
      waiting.current = undefined
      onQuantity(quantity, isLeaving)
    }
    waiting.current = { timer: setTimeout(send, settleMs, false), send }
  }
  return { quantity: chosen ?? confirmed, setQuantity, discard }
}
