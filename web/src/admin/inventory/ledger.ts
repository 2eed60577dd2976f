import type { Movement, Stock } from '../../api/types.ts'
import { plural } from '../../format.ts'

export interface Pieces {
  readonly available: number
  readonly reserved: number
  readonly shipped: number
}

interface LedgerLine {
  readonly movement: Movement
  /** The stock after the movement. */
  readonly after: Pieces
}

const zero: Pieces = { available: 0, reserved: 0, shipped: 0 }

const moved = (pieces: Pieces, movement: Pieces, direction: 1 | -1): Pieces => ({
  available: pieces.available + direction * movement.available,
  reserved: pieces.reserved + direction * movement.reserved,
  shipped: pieces.shipped + direction * movement.shipped,
})

const sumOf = (movements: readonly Pieces[]): Pieces =>
  movements.reduce<Pieces>((sum, movement) => moved(sum, movement, 1), zero)

/**
 * The movements with the stock after each.
 * @param movements newest first
 * @param isWhole whether they reach back to the first one: then they are added up, otherwise subtracted from the stock
 */
export function ledgerOf(stock: Pieces, movements: readonly Movement[], isWhole: boolean): LedgerLine[] {
  let after = isWhole ? sumOf(movements) : stock
  return movements.map((movement) => {
    const line = { movement, after }
    after = moved(after, movement, -1)
    return line
  })
}

/** Whether the ledger adds up to the stock. A movement is recorded a moment after the stock has changed. */
export const addsUp = (stock: Stock, movements: readonly Movement[]): boolean => {
  const { available, reserved, shipped } = sumOf(movements)
  return available === stock.available && reserved === stock.reserved && shipped === stock.shipped
}

/** What happened, in words. */
export function movementText({ type, version, available, reserved, shipped }: Movement): string {
  switch (type) {
    case 'adjusted':
      if (available === 0) return version === 1 ? 'Stock created without pieces' : 'Low-stock threshold changed'
      return available > 0 ? `${plural(available, 'piece')} added` : `${plural(-available, 'piece')} removed`
    case 'reserved':
      return `${plural(reserved, 'piece')} reserved`
    case 'released':
      return `${plural(available, 'piece')} released again`
    case 'shipped':
      return `${plural(shipped, 'piece')} shipped`
    case 'returned':
      return `${plural(available, 'piece')} returned to stock`
    default:
      return type satisfies never
  }
}
