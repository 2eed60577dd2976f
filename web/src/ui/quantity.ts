/** @returns the quantity that was typed, at most `max`; undefined for other text */
export function typedQuantity(text: string, max: number): number | undefined {
  const quantity = /^\d+$/.test(text) ? Math.min(Number(text), max) : 0
  return quantity >= 1 ? quantity : undefined
}
