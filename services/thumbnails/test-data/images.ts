import sharp, { type Sharp } from 'sharp'

type Color = readonly [number, number, number]

export const red: Color = [220, 30, 40]
export const green: Color = [30, 170, 60]
export const blue: Color = [30, 60, 200]
export const yellow: Color = [240, 210, 40]

/** An image of one color in each quarter: red and green above, blue and yellow below. */
export function quarters(width: number, height: number): Sharp {
  const above = rowOf(width, red, green)
  const below = rowOf(width, blue, yellow)
  const rows = Array.from({ length: height }, (_, y) => (y < height / 2 ? above : below))
  return sharp(Buffer.concat(rows), { raw: { width, height, channels: 3 } })
}

const rowOf = (width: number, left: Color, right: Color): Buffer =>
  Buffer.concat(Array.from({ length: width }, (_, x) => Uint8Array.from(x < width / 2 ? left : right)))

/** An image of one color, fast to create at any size. */
export const plain = (width: number, height: number, alpha?: number): Sharp =>
  sharp({
    create: {
      width,
      height,
      channels: alpha === undefined ? 3 : 4,
      background: { r: red[0], g: red[1], b: red[2], alpha: alpha ?? 1 },
    },
    limitInputPixels: false,
  })

/** A lossless WebP of one translucent color, as the encoder makes it: at any size 38 bytes, which differ in the header. */
export async function plainWebp(width: number, height: number): Promise<Buffer> {
  const file = await plain(8, 8, 0.5).webp({ lossless: true, effort: 0 }).toBuffer()
  const sizes = file.indexOf('VP8L') + 9
  // 14 bits each, less one, and 4 more bits, which are not changed.
  file.writeUInt32LE(((file.readUInt32LE(sizes) & ~0xfffffff) | ((height - 1) << 14) | (width - 1)) >>> 0, sizes)
  return file
}

/** A lossy WebP whose header claims a size, for which it has too few pixels. */
export async function lossyWebpClaiming(width: number, height: number): Promise<Buffer> {
  const file = await plain(8, 8).webp().toBuffer()
  const sizes = file.indexOf('VP8 ') + 14
  file.writeUInt16LE(width, sizes)
  file.writeUInt16LE(height, sizes + 2)
  return file
}

/** Fine noise that does not compress. */
export function noise(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3)
  let state = 7
  for (let index = 0; index < pixels.length; index += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    pixels[index] = state >>> 24
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

/** A progressive JPEG that repeats its last scan. */
export async function withScans(image: Sharp, scans: number): Promise<Buffer> {
  const file = await image.jpeg({ progressive: true }).toBuffer()
  const marker = Buffer.from([0xff, 0xda])
  const before = file.toString('latin1').split(marker.toString('latin1')).length - 1
  const last = file.subarray(file.lastIndexOf(marker), -2)
  return Buffer.concat([file.subarray(0, -2), ...Array.from({ length: scans - before }, () => last), file.subarray(-2)])
}

/** The header of a PNG that claims a size, without image data. */
export function pngClaiming(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', Buffer.alloc(0))])
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  chunk.set(body, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}

/** Files of other types, by type; each starts with the signature of its type. */
export const foreignFiles: Readonly<Record<string, () => Promise<Buffer>>> = {
  SVG: async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>'),
  GIF: () => quarters(20, 20).gif().toBuffer(),
  'an AVIF that claims to be huge': hugeAvif,
  TIFF: () => quarters(20, 20).tiff().toBuffer(),
  PDF: async () => Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n'),
  'a web page': async () => Buffer.from('<!doctype html><script>alert(1)</script>'),
  'a RIFF file of sound': async () => Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt ', 'latin1'),
}

async function hugeAvif(): Promise<Buffer> {
  const file = await quarters(16, 16).avif({ effort: 0 }).toBuffer()
  const sizes = file.indexOf('ispe')
  file.writeUInt32BE(30_000, sizes + 8)
  file.writeUInt32BE(30_000, sizes + 12)
  return file
}

/** The color at a position of an image, in fractions of its size. */
export async function colorAt(bytes: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  const offset = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels
  return [...data.subarray(offset, offset + info.channels)]
}
