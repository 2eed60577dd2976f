import type * as z from 'zod'
import type { StoredAddress } from '#shared/address.ts'
import type { DocumentKind, DocumentOrder, Invoice, Label } from './domain/documents.ts'
import type { OrderType, Shipment, ShipmentChange } from './domain/shipment.ts'

export type Address = z.infer<typeof StoredAddress>

export interface Shipments {
  /** A consistent read. */
  find(orderId: string): Promise<Shipment | undefined>
  /** Stores a shipment with its events, in one attempt. `stale`: it has changed since it was read; nothing was written. */
  save(change: ShipmentChange): Promise<'saved' | 'stale'>
}

/** The addresses of orders, which orders own. */
export interface Addresses {
  /** A consistent read. @returns undefined for an order that is cancelled @throws Error when there is no order */
  of(orderId: string): Promise<Address | undefined>
}

/**
 * A company that delivers parcels. It identifies a parcel by the id of its order, so that the effect of an interrupted
 * call is found again: each call has one effect, however often it is repeated.
 */
export interface Carrier {
  /** As customers and staff read it, in pages, emails and documents; events have it too. */
  readonly name: string
  create(request: {
    readonly reference: string
    readonly address: Address
    readonly orderType: OrderType
  }): Promise<{ readonly trackingNumber: string }>
  /** Cancels a parcel that is not delivered; without effect when there is none. */
  void(reference: string): Promise<void>
  track(reference: string): Promise<'absent' | 'in-transit' | 'delivered' | 'void'>
}

/** Orders as documents show them, which orders own. */
export interface Orders {
  /** A consistent read. */
  find(orderId: string): Promise<DocumentOrder | undefined>
}

export interface DocumentPrinter {
  /** A PDF. It never fails because of the text: a character that is missing in the font is drawn as a box. */
  print(content: Label | Invoice): Promise<Uint8Array>
}

/** Where a document waits for the few minutes in which it is fetched. */
export interface DocumentFiles {
  /** Stores a PDF. @returns an address that is valid for five minutes */
  put(kind: DocumentKind, orderId: string, pdf: Uint8Array): Promise<string>
}

/** The dependencies of making a document. */
export interface DocumentPorts {
  readonly orders: Orders
  readonly printer: DocumentPrinter
  readonly files: DocumentFiles
  /** The shop's time zone, for dates. */
  readonly timeZone: string
}
