import sharp from 'sharp'
import { drawings } from './drawings.ts'

const edge = 1200

/** Background colors of a category. */
interface Scene {
  readonly wall: string
  readonly glow: string
  readonly table: string
}

const scenes: Readonly<Record<string, Scene>> = {
  coffee: { wall: '#e9d9c6', glow: '#f7ecdf', table: '#c9a688' },
  kitchen: { wall: '#d6e2d3', glow: '#ecf3e8', table: '#a8c0a2' },
  home: { wall: '#e6d5da', glow: '#f6eaed', table: '#c3a3ae' },
  stationery: { wall: '#d5dfea', glow: '#ebf1f8', table: '#a5b9d0' },
  bags: { wall: '#f0dfc0', glow: '#faf0dc', table: '#d5b67f' },
  outdoor: { wall: '#cfe3e4', glow: '#e8f4f3', table: '#93b9b3' },
}

/** The illustration of a product as SVG. @throws Error for a product without a drawing */
export function drawProduct({ sku, category }: { sku: string; category: string }): string {
  const drawing = drawings[sku]
  const scene = scenes[category]
  if (!drawing || !scene) throw new Error(`There is no drawing of ${sku} in ${category}.`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${edge}" height="${edge}" viewBox="0 0 600 600">
    <defs>
      <radialGradient id="glow" cx="0.5" cy="0.42" r="0.6">
        <stop offset="0" stop-color="${scene.glow}"/><stop offset="1" stop-color="${scene.wall}"/>
      </radialGradient>
    </defs>
    <rect width="600" height="600" fill="url(#glow)"/>
    <rect y="468" width="600" height="132" fill="${scene.table}"/>
    <ellipse cx="300" cy="492" rx="${drawing.shadow}" ry="17" fill="#2b2620" opacity="0.18"/>
    ${drawing.shapes}
  </svg>`
}

/** The illustration as a JPEG. */
export const renderImage = async (product: { sku: string; category: string }): Promise<Buffer<ArrayBuffer>> =>
  Buffer.from(
    await sharp(Buffer.from(drawProduct(product)))
      .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
      .toBuffer(),
  )
