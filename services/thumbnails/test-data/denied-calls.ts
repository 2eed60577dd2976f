import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { list, onObject } from '#test/least-privilege/denied/services.ts'
import { onItem } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  onItem('catalog-link-images', 'PutItem', 'STOCK#', 'only inventory writes stock'),
  onItem('catalog-link-images', 'DeleteItem', 'PRODUCT#', 'no function deletes a product'),
  onItem('thumbnails-get-upload', 'GetItem', 'USER#', 'uploads reads no profiles'),
  onItem('thumbnails-create-upload', 'GetItem', 'PRODUCT#', 'only staff upload product images'),
  onObject('thumbnails-create-upload', 'PutObject', ['uploads', 'elsewhere/x'], 'uploads are stored below incoming/'),
  onObject('thumbnails-create-upload', 'GetObject', ['uploads', 'incoming/x'], 'signing a form needs no read access'),
  onObject('thumbnails-create-upload', 'PutObject', ['media', 'public/media/x'], 'nothing is published unprocessed'),
  onObject('thumbnails-get-upload', 'GetObject', ['media', 'public/media/x'], 'the distribution serves public images'),
  onObject('thumbnails-get-upload', 'PutObject', ['media', 'private/x'], 'a read writes no avatars'),
  onObject('thumbnails-make-thumbnails', 'DeleteObject', ['media', 'private/x'], 'it deletes only thumbnails'),
  onObject(
    'thumbnails-remove-uploads',
    'DeleteObject',
    ['media', 'public/media/x'],
    'another function removes product images',
  ),
  list('thumbnails-remove-uploads', 'media', 'it lists avatars only'),
  onItem('thumbnails-remove-uploads', 'GetItem', 'USER#', 'uploads reads no profiles'),
  onObject('thumbnails-remove-product-images', 'DeleteObject', ['media', 'private/x'], 'it deletes no avatars'),
  onObject('thumbnails-remove-product-images', 'DeleteObject', ['media', 'public/media/x'], 'only images of products'),
  onItem('thumbnails-remove-product-images', 'GetItem', 'UPLOAD#', 'the event says what is deleted'),
  onItem('thumbnails-remove-product-images', 'DeleteItem', 'PRODUCT#', 'no function deletes a product'),
  list('thumbnails-remove-product-images', 'media', 'the event has the keys'),
  onObject('thumbnails-make-thumbnails', 'PutObject', ['uploads', 'incoming/x'], 'it would invoke itself recursively'),
  onObject('thumbnails-make-thumbnails', 'GetObject', ['uploads', 'elsewhere/x'], 'uploads are below incoming/'),
  {
    ...onObject('thumbnails-get-upload', 'GetObject', ['media', 'private/x'], 'the bucket denies calls without TLS'),
    withoutTls: true,
  },
  list('thumbnails-make-thumbnails', 'media', 'it lists thumbnails only'),
  list('thumbnails-get-upload', 'media', 'avatars are read by their keys'),
  list('thumbnails-create-upload', 'uploads', "no caller lists other customers' uploads"),
]
