import type { ResponseBody } from '../../api/types.ts'

export type ExportPage = ResponseBody<'/me/export', 'get', 200>

/** Reads all pages. @param onOrders how many orders were read so far @returns one document with everything */
export async function exportAll(
  read: (cursor: string | undefined) => Promise<ExportPage>,
  onOrders: (count: number) => void,
): Promise<Omit<ExportPage, 'nextCursor'>> {
  const { nextCursor, ...everything } = await read(undefined)
  const orders = [...everything.orders]
  for (let cursor = nextCursor; cursor !== undefined;) {
    onOrders(orders.length)
    const page = await read(cursor)
    orders.push(...page.orders)
    cursor = page.nextCursor
  }
  return { ...everything, orders }
}

/** Gives a document to the browser as a file. */
export function saveAsFile(document_: object, name: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(document_, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken it when the click is over.
  setTimeout(() => URL.revokeObjectURL(url))
}
