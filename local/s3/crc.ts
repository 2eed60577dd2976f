/** The cyclic redundancy checks that Node does not have, computed bytewise from tables of the reflected polynomials. */

const table32c = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})

export class Crc32c {
  #crc = 0xffffffff

  update(bytes: Buffer): void {
    let crc = this.#crc
    for (const byte of bytes) crc = table32c[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
    this.#crc = crc
  }

  /** base64 */
  value(): string {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(~this.#crc >>> 0)
    return bytes.toString('base64')
  }
}

const polynomial64 = 0x9a6c9329ac4bc9b5n
const table64 = Array.from({ length: 256 }, (_, byte) => {
  let crc = BigInt(byte)
  for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial64 : crc >> 1n
  return crc
})
// Two 32-bit halves, since BigInt arithmetic is a hundred times slower.
const high64 = Uint32Array.from(table64, (crc) => Number(crc >> 32n))
const low64 = Uint32Array.from(table64, (crc) => Number(crc & 0xffffffffn))

export class Crc64Nvme {
  #high = 0xffffffff
  #low = 0xffffffff

  update(bytes: Buffer): void {
    let high = this.#high
    let low = this.#low
    for (const byte of bytes) {
      const index = (low ^ byte) & 0xff
      low = ((low >>> 8) | (high << 24)) ^ low64[index]!
      high = (high >>> 8) ^ high64[index]!
    }
    this.#high = high
    this.#low = low
  }

  /** base64 */
  value(): string {
    const bytes = Buffer.alloc(8)
    bytes.writeUInt32BE(~this.#high >>> 0, 0)
    bytes.writeUInt32BE(~this.#low >>> 0, 4)
    return bytes.toString('base64')
  }
}
