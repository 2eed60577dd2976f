import type { Sharp } from 'sharp'
import type { UploadType } from '../domain/upload.ts'
import { thumbnailMakerContract } from '../ports.contract.ts'
import { foreignFiles, plain } from '../test-data/pictures.ts'
import { sharpThumbnails } from './sharp-thumbnails.ts'

const encode: Record<UploadType, (picture: Sharp) => Sharp> = {
  'image/jpeg': (picture) => picture.jpeg(),
  'image/png': (picture) => picture.png(),
  'image/webp': (picture) => picture.webp(),
}

describe('thumbnails of sharp', () => {
  thumbnailMakerContract(async () => ({
    maker: sharpThumbnails,
    picture: ({ width, height, type }) => encode[type](plain(width, height)).toBuffer(),
    foreign: foreignFiles['GIF']!,
  }))
})
