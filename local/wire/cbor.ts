/** The values that AWS APIs send in CBOR (RFC 8949): those of JSON, and times. The APIs emulated here have no byte strings. */
type Value = null | undefined | boolean | number | string | Date | readonly Value[] | { readonly [name: string]: Value }

const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const
const simple = { false: 0xf4, true: 0xf5, null: 0xf6, double: 0xfb }
const epochTag = 1
const indefinite = 31
const breakByte = 0xff

/** A Date becomes an epoch time in seconds; undefined members are omitted. */
export function encodeCbor(value: unknown): Buffer {
  const parts: Buffer[] = []
  write(value as Value, parts)
  return Buffer.concat(parts)
}

/** A time becomes the seconds since the epoch, as in AWS JSON. @throws RangeError for malformed input */
export function decodeCbor(bytes: Buffer): unknown {
  return new Reader(bytes).value()
}

function write(value: Value, parts: Buffer[]): void {
  if (value === null || value === undefined) parts.push(Buffer.of(simple.null))
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? simple.true : simple.false))
  else if (typeof value === 'number') parts.push(number(value))
  else if (typeof value === 'string') parts.push(head(major.text, Buffer.byteLength(value)), Buffer.from(value))
  else if (value instanceof Date) parts.push(head(major.tag, epochTag), number(value.getTime() / 1000))
  else if (Array.isArray(value)) {
    parts.push(head(major.array, value.length))
    for (const item of value as readonly Value[]) write(item, parts)
  } else {
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
    parts.push(head(major.map, members.length))
    for (const [name, member] of members) {
      write(name, parts)
      write(member, parts)
    }
  }
}

function number(value: number): Buffer {
  if (Number.isSafeInteger(value)) return value >= 0 ? head(major.unsigned, value) : head(major.negative, -1 - value)
  const bytes = Buffer.alloc(9, simple.double)
  bytes.writeDoubleBE(value, 1)
  return bytes
}

function head(kind: number, count: number): Buffer {
  const first = kind << 5
  if (count < 24) return Buffer.of(first | count)
  if (count < 0x100) return Buffer.of(first | 24, count)
  const [bytes, info] = count < 0x1_0000 ? [2, 25] : count < 0x1_0000_0000 ? [4, 26] : [8, 27]
  const encoded = Buffer.alloc(1 + bytes)
  encoded[0] = first | info
  if (bytes === 8) encoded.writeBigUInt64BE(BigInt(count), 1)
  else encoded.writeUIntBE(count, 1, bytes)
  return encoded
}

class Reader {
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  value(): unknown {
    const first = this.#byte()
    const [kind, info] = [first >> 5, first & 31]
    if (kind === major.simple) return this.#simple(info)
    if (info === indefinite) return this.#untilBreak(kind)
    const count = this.#count(info)
    switch (kind) {
      case major.unsigned:
        return count
      case major.negative:
        return -1 - count
      case major.bytes:
        return this.#take(count)
      case major.text:
        return this.#take(count).toString('utf8')
      case major.array:
        return Array.from({ length: this.#bounded(count) }, () => this.value())
      case major.map:
        return Object.fromEntries(
          Array.from({ length: this.#bounded(count) }, () => [String(this.value()), this.value()]),
        )
      default:
        // A tag describes the value after it. Only times are tagged here, and their value is a number.
        return this.value()
    }
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false
      case 21:
        return true
      case 22:
      case 23:
        return null
      case 25:
        return half(this.#take(2).readUInt16BE())
      case 26:
        return this.#take(4).readFloatBE()
      case 27:
        return this.#take(8).readDoubleBE()
      default:
        throw new RangeError(`The simple value ${info} is unknown.`)
    }
  }

  /** The items of a text, list or map of indefinite length. */
  #untilBreak(kind: number): unknown {
    const items: unknown[] = []
    while (this.#bytes[this.#position] !== breakByte) items.push(this.value())
    this.#position += 1
    if (kind === major.text) return items.join('')
    if (kind === major.array) return items
    if (kind !== major.map) throw new RangeError('A value of this type needs a definite length.')
    return Object.fromEntries(
      items.flatMap((name, index) => (index % 2 === 0 ? [[String(name), items[index + 1]]] : [])),
    )
  }

  #count(info: number): number {
    if (info < 24) return info
    if (info === 24) return this.#byte()
    if (info === 25) return this.#take(2).readUInt16BE()
    if (info === 26) return this.#take(4).readUInt32BE()
    if (info === 27) return Number(this.#take(8).readBigUInt64BE())
    throw new RangeError(`The length ${info} is unknown.`)
  }

  /** An item takes at least one byte: a longer count is malformed, and must not allocate memory. */
  #bounded(count: number): number {
    if (count > this.#bytes.length - this.#position) throw new RangeError('The input ends within a value.')
    return count
  }

  #byte(): number {
    return this.#take(1)[0]!
  }

  #take(count: number): Buffer {
    const end = this.#position + count
    if (end > this.#bytes.length) throw new RangeError('The input ends within a value.')
    const bytes = this.#bytes.subarray(this.#position, end)
    this.#position = end
    return bytes
  }
}

/** Decodes a 16-bit floating point number. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 0x3ff
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
