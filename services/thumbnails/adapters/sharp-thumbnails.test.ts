import sharp, { type Sharp } from 'sharp'
import type { MadeImage } from '../ports.ts'
import {
  blue,
  colorAt,
  foreignFiles,
  green,
  lossyWebpClaiming,
  noise,
  plain,
  plainWebp,
  pngClaiming,
  quarters,
  red,
  withScans,
  yellow,
} from '../test-data/images.ts'
import { sharpThumbnails } from './sharp-thumbnails.ts'

const make = (bytes: Uint8Array) => sharpThumbnails.make(bytes)

async function images(bytes: Uint8Array): Promise<readonly MadeImage[]> {
  const made = await make(bytes)
  if (!made.ok) throw new Error(`It was rejected: ${made.failure}.`)
  return made.value.images
}

const sizes = (made: readonly MadeImage[]) => made.map(({ width, height }) => `${width}×${height}`)

/** Lossy formats and resizing change colors slightly. */
function expectColor(actual: readonly number[], wanted: readonly number[], tolerance = 16): void {
  expect(actual).toHaveLength(wanted.length)
  const furthest = Math.max(...wanted.map((value, index) => Math.abs(value - actual[index]!)))
  if (furthest > tolerance) expect(actual).toEqual(wanted)
}

const formats: [string, (image: Sharp) => Sharp][] = [
  ['JPEG', (image) => image.jpeg()],
  ['PNG', (image) => image.png()],
  ['WebP', (image) => image.webp()],
  ['lossless WebP', (image) => image.webp({ lossless: true })],
  ['progressive JPEG', (image) => image.jpeg({ progressive: true })],
  ['interlaced PNG', (image) => image.png({ progressive: true })],
  ['16-bit PNG', (image) => image.toColourspace('rgb16').png()],
  ['CMYK JPEG', (image) => image.toColourspace('cmyk').jpeg({ quality: 95 })],
  ['PNG with a palette', (image) => image.png({ palette: true })],
]

test.each(formats)('%s becomes a square and two wide ones of the same colors', async (_, encode) => {
  const made = await images(await encode(quarters(1000, 600)).toBuffer())
  expect(sizes(made)).toEqual(['150×150', '400×240', '800×480'])
  for (const { bytes, width, height, contentType } of made) {
    const metadata = await sharp(bytes).metadata()
    expect(metadata).toMatchObject({ width, height, space: 'srgb', depth: 'uchar', channels: 3, hasAlpha: false })
    expect(`image/${metadata.format}`).toBe(contentType)
    // CMYK has no bright green: its colors are approximations.
    const tolerance = encode === formats[7]![1] ? 60 : 16
    expectColor(await colorAt(bytes, 0.2, 0.2), red, tolerance)
    expectColor(await colorAt(bytes, 0.8, 0.2), green, tolerance)
    expectColor(await colorAt(bytes, 0.2, 0.8), blue, tolerance)
    expectColor(await colorAt(bytes, 0.8, 0.8), yellow, tolerance)
  }
  expect(made.map(({ contentType }) => contentType)).toEqual(['image/jpeg', 'image/webp', 'image/webp'])
})

test('the square has quality 85: its tables are those that the encoder writes for it', async () => {
  const [square] = await images(await quarters(150, 150).png().toBuffer())
  const tables = (jpeg: Uint8Array) =>
    Buffer.from(jpeg).subarray(0, Buffer.from(jpeg).indexOf(Buffer.from([0xff, 0xc0])))
  const wanted = await quarters(150, 150).jpeg({ quality: 85 }).toBuffer()
  expect(tables(square!.bytes)).toEqual(tables(wanted))
})

test('gray images, also with alpha and 16 bits, become sRGB', async () => {
  const grey = await quarters(300, 200).greyscale().toColourspace('b-w').png().toBuffer()
  const grey16 = await quarters(300, 200).greyscale().toColourspace('grey16').png().toBuffer()
  const withAlpha = await quarters(300, 200).greyscale().toColourspace('b-w').ensureAlpha(0.5).png().toBuffer()
  for (const bytes of [grey, grey16, withAlpha]) {
    for (const made of await images(bytes)) expect(await sharp(made.bytes).metadata()).toMatchObject({ space: 'srgb' })
  }
})

test.each([
  ['no wider than 400', 300, 200, ['150×150', '300×200']],
  ['exactly 400', 400, 100, ['150×150', '400×100']],
  ['between the widths', 600, 300, ['150×150', '400×200', '600×300']],
  ['one pixel', 1, 1, ['150×150', '1×1']],
  ['very wide', 20_000, 10, ['150×150', '400×1', '800×1']],
  // WebP ends at 16,383 pixels.
  ['very high', 10, 20_000, ['150×150', '8×16383']],
])('%s: only the square is enlarged', async (_, width, height, expected) => {
  expect(sizes(await images(await plain(width, height).png().toBuffer()))).toEqual(expected)
})

test('the square of a very wide image shows its center', async () => {
  const left = { create: { width: 9_900, height: 10, channels: 3 as const, background: 'rgb(30,60,200)' } }
  const image = await plain(20_000, 10)
    .composite([{ input: left, left: 0, top: 0 }])
    .png()
    .toBuffer()
  const [square] = await images(image)
  expectColor(await colorAt(square!.bytes, 0.02, 0.5), red)
  expectColor(await colorAt(square!.bytes, 0.98, 0.5), red)
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i becomes upright', async (orientation) => {
  // How a camera stores the upright image in that orientation: the inverse of the viewer's rotation.
  const stored: Record<number, (image: Sharp) => Sharp> = {
    1: (image) => image,
    2: (image) => image.flop(),
    3: (image) => image.rotate(180),
    4: (image) => image.flip(),
    5: (image) => image.flop().rotate(270),
    6: (image) => image.rotate(270),
    7: (image) => image.flop().rotate(90),
    8: (image) => image.rotate(90),
  }
  const file = await stored[orientation]!(quarters(600, 300))
    .withMetadata({ orientation })
    .jpeg({ quality: 95 })
    .toBuffer()
  expect((await sharp(file).metadata()).orientation).toBe(orientation)
  const made = await images(file)
  expect(sizes(made)).toEqual(['150×150', '400×200', '600×300'])
  for (const { bytes } of made) {
    expectColor(await colorAt(bytes, 0.1, 0.1), red)
    expectColor(await colorAt(bytes, 0.9, 0.1), green)
    expectColor(await colorAt(bytes, 0.1, 0.9), blue)
    expectColor(await colorAt(bytes, 0.9, 0.9), yellow)
    expect((await sharp(bytes).metadata()).orientation).toBeUndefined()
  }
})

test('metadata is removed: location, author and profile', async () => {
  const file = await quarters(900, 500)
    .withMetadata({ exif: { IFD0: { Artist: 'Mira Secret' }, IFD3: { GPSLatitude: '53/1 16/1 0/1' } } })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>Mira Secret</a></x:xmpmeta>')
    .withIccProfile('srgb')
    .jpeg()
    .toBuffer()
  expect(file.includes('Mira Secret')).toBe(true)
  for (const { bytes } of await images(file)) {
    const { exif, xmp, iptc, icc } = await sharp(bytes).metadata()
    expect([exif, xmp, iptc, icc]).toEqual([undefined, undefined, undefined, undefined])
    expect(Buffer.from(bytes).includes('Secret')).toBe(false)
  }
})

test('a profile is applied, not dropped', async () => {
  const sameInP3 = await quarters(500, 400).withIccProfile('p3').png().toBuffer()
  // The file’s values differ; otherwise this test would be meaningless.
  const raw = await sharp(sameInP3, { ignoreIcc: true }).raw().toBuffer()
  expect([...raw.subarray(0, 3)]).not.toEqual([...red])
  for (const { bytes } of await images(sameInP3)) expectColor(await colorAt(bytes, 0.2, 0.2), red, 10)
})

test('WebP keeps alpha, and the square gets a white background', async () => {
  const [square, wide] = await images(await plain(500, 500, 0).png().toBuffer())
  expectColor(await colorAt(square!.bytes, 0.5, 0.5), [255, 255, 255], 3)
  expect((await colorAt(wide!.bytes, 0.5, 0.5))[3]).toBe(0)
  const [halfSquare, half] = await images(await plain(500, 500, 0.5).webp().toBuffer())
  expectColor(
    await colorAt(halfSquare!.bytes, 0.5, 0.5),
    red.map((value) => (value + 255) / 2),
  )
  expectColor(await colorAt(half!.bytes, 0.5, 0.5), [...red, 128])
})

test('the thumbnails of an animation show its first image', async () => {
  const pages = await Promise.all([plain(300, 300).png().toBuffer(), quarters(300, 300).negate().png().toBuffer()])
  const animation = await sharp(pages, { join: { animated: true } })
    .webp()
    .toBuffer()
  expect((await sharp(animation).metadata()).pages).toBe(2)
  const made = await images(animation)
  expect(sizes(made)).toEqual(['150×150', '300×300'])
  expectColor(await colorAt(made[1]!.bytes, 0.1, 0.1), red)
  expect((await sharp(made[1]!.bytes).metadata()).pages).toBeUndefined()
})

test('the same file has the same thumbnails, byte for byte', async () => {
  const file = await noise(500, 400).jpeg().toBuffer()
  expect(await make(file)).toEqual(await make(file))
})

test.each(Object.entries(foreignFiles))('%s is an unsupported type, regardless of its name', async (_, file) => {
  expect(await make(await file())).toEqual({ ok: false, failure: 'unsupported-type' })
})

const broken: [string, () => Promise<Uint8Array>][] = [
  ['an empty file', async () => new Uint8Array()],
  ['three bytes of a JPEG', async () => new Uint8Array([0xff, 0xd8, 0xff])],
  ['half a JPEG', () => halfOf(noise(800, 600).jpeg())],
  ['half a progressive JPEG', () => halfOf(noise(800, 600).jpeg({ progressive: true }))],
  ['half a PNG', () => halfOf(noise(800, 600).png())],
  ['half a WebP', () => halfOf(noise(800, 600).webp())],
  ['a JPEG without its last tenth', () => partOf(noise(800, 600).jpeg(), 0.9)],
  ['a JPEG without its last hundredth', () => partOf(noise(800, 600).jpeg(), 0.99)],
  ['a PNG with bytes changed in the middle', () => damaged(noise(400, 300).png())],
  ['a PNG header that claims more than any decoder can count', async () => pngClaiming(2 ** 31 - 1, 2 ** 31 - 1)],
  ['a PNG of a modest size without pixels', async () => pngClaiming(300, 200)],
  [
    'a PNG that is SVG after its signature',
    async () => Buffer.concat([pngClaiming(1, 1).subarray(0, 8), Buffer.from('<svg/>')]),
  ],
  ['a WebP with nothing after its signature', async () => Buffer.from('RIFF\x20\x00\x00\x00WEBPVP8 nothing', 'latin1')],
]

const partOf = async (image: Sharp, part: number) => {
  const bytes = await image.toBuffer()
  return bytes.subarray(0, Math.floor(bytes.length * part))
}
const halfOf = (image: Sharp) => partOf(image, 0.5)
const damaged = async (image: Sharp) => {
  const bytes = await image.toBuffer()
  return bytes.fill(0x55, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 64)
}

test.each(broken)('%s is corrupt, and the next image is processed', async (_, file) => {
  expect(await make(await file())).toEqual({ ok: false, failure: 'corrupt' })
  expect((await make(await quarters(20, 20).jpeg().toBuffer())).ok).toBe(true)
})

const smallFileOf50Megapixels = await plain(7_200, 7_000).png().toBuffer()

const bombs: [string, () => Promise<Uint8Array>][] = [
  ['a PNG header that claims 100,000 × 100,000', async () => pngClaiming(100_000, 100_000)],
  ['a small file of 50.4 megapixels', async () => smallFileOf50Megapixels],
  ['a lossless WebP of 64 megapixels', () => plainWebp(8_000, 8_000)],
  ['a lossy WebP that claims 64 megapixels', () => lossyWebpClaiming(8_000, 8_000)],
  ['a progressive JPEG of 16.4 megapixels', () => plain(4_100, 4_000).jpeg({ progressive: true }).toBuffer()],
  ['an interlaced PNG of 16.4 megapixels', () => plain(4_100, 4_000).png({ progressive: true }).toBuffer()],
  ['a progressive JPEG of 101 scans', () => withScans(plain(80, 60), 101)],
  ['lines of more than 20,000 pixels', () => plain(20_001, 10).png().toBuffer()],
]

test.each(bombs)('%s has too many pixels', async (_, file) => {
  expect(await make(await file())).toEqual({ ok: false, failure: 'too-many-pixels' })
})

test.each([
  ['a JPEG', (image: Sharp) => image.jpeg()],
  ['a progressive JPEG', (image: Sharp) => image.jpeg({ progressive: true })],
])('%s without its end marker, or with bytes after it, is complete', async (_, encode) => {
  const file = await encode(noise(300, 200)).toBuffer()
  const expected = await make(file)
  expect(expected.ok).toBe(true)
  for (const cut of [1, 2]) expect(await make(file.subarray(0, -cut))).toEqual(expected)
  expect(await make(Buffer.concat([file, Buffer.from('a phone appends its own data')]))).toEqual(expected)
})

test('too many pixels are rejected by the header, before any pixel is decoded', async () => {
  const withoutPixels = smallFileOf50Megapixels.subarray(0, 64)
  expect(await make(withoutPixels)).toEqual({ ok: false, failure: 'too-many-pixels' })
})

test('49 megapixels line by line and 16 megapixels as a whole are accepted', async () => {
  expect((await make(await plain(7_000, 7_000).jpeg().toBuffer())).ok).toBe(true)
  expect((await make(await plain(4_000, 4_000).jpeg({ progressive: true }).toBuffer())).ok).toBe(true)
})
