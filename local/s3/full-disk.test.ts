import { mkdtempSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { KeyRing } from '../iam/keys.ts'
import { allowAll } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { BlobFiles, wholeOf, type WritePiece } from './blob-files.ts'
import { S3Service } from './service.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 's3-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** A disk that takes the first bytes of a write and then fails. */
function failingWith(code: string): WritePiece {
  return (descriptor, bytes, offset) => {
    if (offset === 0) return writeSync(descriptor, bytes, 0, 3)
    throw Object.assign(new Error(`${code}: write`), { code })
  }
}

function filesOn(writePiece: WritePiece) {
  const told: string[] = []
  return { told, files: new BlobFiles(folder, { onFull: () => told.push('full'), writePiece }) }
}

test.each(['ENOSPC', 'EDQUOT'])('a disk that is full (%s) is told, and keeps no half file', (code) => {
  const { told, files } = filesOn(failingWith(code))
  expect(() => files.write(Buffer.from('a long book'))).toThrow(code)
  expect(told).toEqual(['full'])
  expect(readdirSync(folder)).toEqual([])
})

test('another failure of a write is no full disk', () => {
  const { told, files } = filesOn(failingWith('EIO'))
  expect(() => files.write(Buffer.from('a long book'))).toThrow('EIO')
  expect(told).toEqual([])
})

test('a disk that takes few bytes at a time gets all of them', () => {
  const { files } = filesOn((descriptor, bytes, offset) => writeSync(descriptor, bytes, offset, 1))
  const written = files.write(Buffer.from('a long book'))
  expect(files.read(written.file, wholeOf(written)).toString()).toBe('a long book')
})

test('the service tells it to whoever made it, and knows nothing of the object', async () => {
  let told = 0
  const state = new State(':memory:')
  const service = new S3Service({
    state,
    clock: systemClock,
    access: allowAll,
    keys: new KeyRing(),
    directory: join(folder, 'objects'),
    onFull: () => (told += 1),
    writePiece: failingWith('ENOSPC'),
    publish: () => {},
  })
  const properties = { BucketName: 'books' }
  const bucket = { stackName: 'library', logicalId: 'B', type: 'AWS::S3::Bucket', properties, generatedName: 'b' }
  await service.providers[0]!.create(bucket)
  expect(() => service.putObject('books', 'a', Buffer.from('a long book'), 'text/plain')).toThrow('ENOSPC')
  expect(told).toBe(1)
  expect(state.all('SELECT * FROM s3_object')).toEqual([])
})
