import type { Stock } from '../../api/types.ts'

/** The received pieces as a line: available, reserved, shipped. The numbers beside it say the same. */
export function StockBar({ stock: { available, reserved, shipped, received } }: { readonly stock: Stock }) {
  const width = (pieces: number) => (received === 0 ? 0 : (pieces / received) * 100)
  return (
    <svg className="stock-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect className="stock-bar-ground" width="100" height="4" />
      <rect className="stock-bar-available" width={width(available)} height="4" />
      <rect className="stock-bar-reserved" x={width(available)} width={width(reserved)} height="4" />
      <rect className="stock-bar-shipped" x={width(available + reserved)} width={width(shipped)} height="4" />
    </svg>
  )
}
