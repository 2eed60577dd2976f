import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { KeyRing } from '../iam/keys.ts'
import { allowAll } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { S3Service } from './service.ts'

/** The process that durability.test.ts kills: it puts objects, and prints each key once its put is committed. */
const folder = process.argv[2]!
const state = new State(join(folder, 'state'))
state.define('CREATE TABLE IF NOT EXISTS published (etag TEXT NOT NULL)')
const service = new S3Service({
  state,
  clock: systemClock,
  access: allowAll,
  endpoint: () => 'http://127.0.0.1',
  keys: new KeyRing(),
  directory: join(folder, 'objects'),
  publish: ({ detail }) =>
    state.run('INSERT INTO published VALUES (?)', (detail as { object: { etag: string } }).object.etag),
})
await service.providers[0]!.create({
  stackName: 'library',
  logicalId: 'B',
  type: 'AWS::S3::Bucket',
  properties: { BucketName: 'books', NotificationConfiguration: { EventBridgeConfiguration: {} } },
  generatedName: 'library-B',
})
for (let count = 0; ; count++) {
  const key = `${process.pid}/${count}`
  service.putObject('books', key, Buffer.alloc(50_000, key), { 'content-type': 'text/plain' })
  process.stdout.write(`${key}\n`)
}
