import { bytesOf, typeOf, type AttributeValue, type Item } from './attribute-value.ts'
import { decimalOf } from './decimal.ts'

/** The size of an item in bytes as DynamoDB counts it for limits and capacity: names and values, in UTF-8. */
export function itemSize(item: Item): number {
  let size = 0
  for (const name of Object.keys(item)) size += Buffer.byteLength(name) + valueSize(item[name]!)
  return size
}

/** Lists and maps take three bytes, and one for each element. */
const collectionOverhead = 3

function valueSize(value: AttributeValue): number {
  const type = typeOf(value)
  switch (type) {
    case 'S':
      return Buffer.byteLength(value.S!)
    case 'N':
      return numberSize(value.N!)
    case 'B':
      return bytesOf(value.B!).length
    case 'BOOL':
    case 'NULL':
      return 1
    case 'SS':
      return sum(value.SS!, (member) => Buffer.byteLength(member))
    case 'NS':
      return sum(value.NS!, numberSize)
    case 'BS':
      return sum(value.BS!, (member) => bytesOf(member).length)
    case 'L':
      return collectionOverhead + sum(value.L!, (element) => 1 + valueSize(element))
    case 'M':
      return collectionOverhead + Object.keys(value.M!).length + itemSize(value.M!)
    default:
      return type satisfies never
  }
}

/**
 * Two digits take a byte, paired from the decimal point on, and the exponent one; a negative sign takes one more. Zero
 * takes one byte.
 */
function numberSize(text: string): number {
  if (text === '0') return 1
  const { digits, exponent, negative } = decimalOf(text)
  const leadingZero = exponent % 2 === 0 ? 1 : 0
  return Math.ceil((digits.length + leadingZero) / 2) + 1 + (negative ? 1 : 0)
}

const sum = <T>(values: readonly T[], size: (value: T) => number) => values.reduce((all, value) => all + size(value), 0)
