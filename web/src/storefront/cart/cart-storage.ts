import { maxLines, maxQuantity, type AddedLine, type Line } from './cart.ts'

/** What the browser keeps of the cart. */
interface StoredCart {
  /** The cart before sign-in; afterwards the account has them. */
  readonly lines: readonly Line[]
  /** By SKU, the price in minor units at which it was added. */
  readonly prices: ReadonlyMap<string, number>
}

const empty: StoredCart = { lines: [], prices: new Map() }

const skuPattern = /^[A-Z0-9]+(-[A-Z0-9]+)*$/
const isSku = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 40 && skuPattern.test(value)
const isWhole = (value: unknown, max: number): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) <= max

/** A user can edit the storage of a browser, so anything but a line is dropped. Prices and names come from the API. */
export function parseStoredCart(text: string | null): StoredCart {
  const { lines, prices } = parsed(text)
  const quantities = new Map<string, number>()
  for (const line of Array.isArray(lines) ? lines : []) {
    const { sku, quantity } = Object(line) as Partial<Line>
    if (isSku(sku) && isWhole(quantity, maxQuantity)) quantities.set(sku, quantity)
  }
  const entries = Object.entries(Object(prices) as Record<string, unknown>)
  return {
    lines: [...quantities].slice(0, maxLines).map(([sku, quantity]) => ({ sku, quantity })),
    prices: new Map(
      entries.filter(
        (entry): entry is [string, number] => isSku(entry[0]) && isWhole(entry[1], Number.MAX_SAFE_INTEGER),
      ),
    ),
  }
}

function parsed(text: string | null): { lines?: unknown; prices?: unknown; removed?: unknown } {
  try {
    return Object(JSON.parse(text ?? 'null')) as object
  } catch {
    return {}
  }
}

/** @param removed the SKU of the line that the change has removed from the account's cart */
type CartListener = (fromOtherTab: boolean, removed: string | undefined) => void

/** The cart in the browser's storage, shared by all tabs. */
export class CartStorage {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly #key: string
  readonly #listeners = new Set<CartListener>()
  #cart: StoredCart

  /** @param events where the events of other tabs arrive */
  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>, key: string, events: EventTarget = globalThis) {
    this.#storage = storage
    this.#key = key
    this.#cart = this.#read()
    events.addEventListener('storage', (event) => {
      const changed = (event as StorageEvent).key
      // Null when the whole storage was cleared.
      if (changed !== key && changed !== null) return
      const { removed } = parsed(this.#storage.getItem(this.#key))
      this.#changed(this.#read(), true, isSku(removed) ? removed : undefined)
    })
  }

  readonly get = (): StoredCart => this.#cart

  readonly subscribe = (listener: CartListener): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Notifies the other tabs too, also without another line.
   * @param lines receives the newest lines, which another tab may have written
   * @param removed the SKU of a line that was removed from the account's cart
   */
  setLines(lines: (current: readonly Line[]) => readonly Line[], removed?: string): void {
    const cart = this.#read()
    this.#write({ ...cart, lines: lines(cart.lines) }, removed)
  }

  rememberPrices(lines: readonly AddedLine[]): void {
    const { lines: kept, prices } = this.#read()
    const added = lines.flatMap(({ sku, unitPrice }) => (unitPrice ? [[sku, unitPrice.amount] as const] : []))
    // The newest last; a cart has no more lines than that.
    const others = [...prices].filter(([sku]) => !added.some(([each]) => each === sku))
    this.#write({ lines: kept, prices: new Map([...others, ...added].slice(-2 * maxLines)) })
  }

  #read(): StoredCart {
    const text = this.#storage.getItem(this.#key)
    return text === null ? empty : parseStoredCart(text)
  }

  #write(cart: StoredCart, removed?: string): void {
    // The time makes each write differ, so that the other tabs receive an event.
    const stored = { lines: cart.lines, prices: Object.fromEntries(cart.prices), removed, changedAt: Date.now() }
    this.#storage.setItem(this.#key, JSON.stringify(stored))
    this.#changed(cart, false, removed)
  }

  #changed(cart: StoredCart, fromOtherTab: boolean, removed: string | undefined): void {
    this.#cart = cart
    for (const listener of this.#listeners) listener(fromOtherTab, removed)
  }
}
