import { decimal } from './dynalite.ts'

/** A value in wire format: exactly one member is set; numbers are decimal text, bytes are base64. */
export interface AttributeValue {
  S?: string
  N?: string
  B?: string
  BOOL?: boolean
  NULL?: boolean
  SS?: string[]
  NS?: string[]
  BS?: string[]
  L?: AttributeValue[]
  M?: Item
}

export type Item = Record<string, AttributeValue>

export type AttributeType = keyof AttributeValue

export const typeOf = (value: AttributeValue): AttributeType => Object.keys(value)[0] as AttributeType

export const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64')

/** Equality as in DynamoDB: sets and maps have no order; numbers must be in canonical form. */
export function valuesEqual(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const type = typeOf(a)
  if (type !== typeOf(b)) return false
  switch (type) {
    case 'SS':
    case 'NS':
    case 'BS':
      return setsEqual(a[type]!, b[type]!)
    case 'L':
      return a.L!.length === b.L!.length && a.L!.every((element, index) => valuesEqual(element, b.L![index]))
    case 'M':
      return itemsEqual(a.M!, b.M!)
    default:
      return a[type] === b[type]
  }
}

export function itemsEqual(a: Item, b: Item): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => valuesEqual(a[name], b[name]))
}

function setsEqual(a: string[], b: string[]): boolean {
  if (a.length !== b.length) return false
  const members = new Set(a)
  return b.every((member) => members.has(member))
}

/** Order of two scalars of the same type, or undefined when they cannot be compared. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.N !== undefined && b.N !== undefined) return decimal(a.N).cmp(b.N)
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S))
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(bytesOf(a.B), bytesOf(b.B))
  return undefined
}
