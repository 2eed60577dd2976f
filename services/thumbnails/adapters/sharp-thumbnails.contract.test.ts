import type { Sharp } from 'sharp'
import type { UploadType } from '../domain/upload.ts'
import { thumbnailMakerContract } from '../ports.contract.ts'
import { foreignFiles, plain } from '../test-data/images.ts'
import { sharpThumbnails } from './sharp-thumbnails.ts'

const encode: Record<UploadType, (image: Sharp) => Sharp> = {
  'image/jpeg': (image) => image.jpeg(),
  'image/png': (image) => image.png(),
  'image/webp': (image) => image.webp(),
}

describe('thumbnails of sharp', () => {
  thumbnailMakerContract(async () => ({
    maker: sharpThumbnails,
    image: ({ width, height, type }) => encode[type](plain(width, height)).toBuffer(),
    foreign: foreignFiles['GIF']!,
  }))
})
