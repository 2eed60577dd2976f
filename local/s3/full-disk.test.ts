import { mkdtempSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { KeyRing } from '../iam/keys.ts'
import { allowAll } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { BlobFiles, type WritePiece } from './blob-files.ts'
import { S3Service } from './service.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 's3-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** A disk that accepts the first bytes of a write and then fails. */
function failingWith(code: string): WritePiece {
  return (descriptor, bytes, offset) => {
    if (offset === 0) return writeSync(descriptor, bytes, 0, 3)
    throw Object.assign(new Error(`${code}: write`), { code })
  }
}

function filesOn(writePiece: WritePiece) {
  const onFull = jest.fn()
  return { onFull, files: new BlobFiles(folder, { onFull, writePiece }) }
}

test.each(['ENOSPC', 'EDQUOT'])('a full disk (%s) is reported, and no partial file remains', (code) => {
  const { onFull, files } = filesOn(failingWith(code))
  expect(() => files.write(Buffer.from('a long book'))).toThrow(code)
  expect(onFull).toHaveBeenCalledTimes(1)
  expect(readdirSync(folder)).toEqual([])
})

test('another write error is not reported as a full disk', () => {
  const { onFull, files } = filesOn(failingWith('EIO'))
  expect(() => files.write(Buffer.from('a long book'))).toThrow('EIO')
  expect(onFull).not.toHaveBeenCalled()
})

test('short writes are continued until all bytes are written', () => {
  const { files } = filesOn((descriptor, bytes, offset) => writeSync(descriptor, bytes, offset, 1))
  const written = files.write(Buffer.from('a long book'))
  expect(files.read(written.file).toString()).toBe('a long book')
})

test('the service reports a full disk by onFull, and stores no object', async () => {
  const onFull = jest.fn()
  const state = new State(':memory:')
  const service = new S3Service({
    state,
    clock: systemClock,
    access: allowAll,
    endpoint: () => 'http://127.0.0.1',
    keys: new KeyRing(),
    directory: join(folder, 'objects'),
    onFull,
    writePiece: failingWith('ENOSPC'),
    publish: () => {},
  })
  const properties = { BucketName: 'books' }
  const bucket = { stackName: 'library', logicalId: 'B', type: 'AWS::S3::Bucket', properties, generatedName: 'b' }
  await service.providers[0]!.create(bucket)
  expect(() => service.putObject('books', 'a', Buffer.from('a long book'), { 'content-type': 'text/plain' })).toThrow(
    'ENOSPC',
  )
  expect(onFull).toHaveBeenCalledTimes(1)
  expect(state.all('SELECT * FROM s3_object')).toEqual([])
})
