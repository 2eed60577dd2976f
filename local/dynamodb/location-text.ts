import type { Location } from './item-store.ts'

/** A location as text, for telling whether two requests mean one item. */
export const locationText = ({ partition, sort }: Location) => `${hex(partition)} ${hex(sort)}`

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
