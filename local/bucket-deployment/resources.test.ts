import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startS3 } from '../s3/testing.ts'
import { newFolder } from '../test/folders.ts'
import { declare } from '../wire/testing.ts'
import { bucketDeploymentProvider } from './resources.ts'

let folder: string
let s3: Awaited<ReturnType<typeof startS3>>

beforeEach(async () => {
  folder = newFolder()
  s3 = await startS3()
  const NotificationConfiguration = { EventBridgeConfiguration: {} }
  await s3.declare('AWS::S3::Bucket', 'Pages', { BucketName: 'pages', NotificationConfiguration })
})
afterEach(() => s3.stop())

function write(source: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, source, path)), { recursive: true })
    writeFileSync(join(folder, source, path), content)
  }
}

/** Deploys the sources `one` and, if it has markers, `two`. @returns the changes of objects that it caused */
async function deploy(over: Record<string, unknown> = {}, sources = ['one']) {
  const provider = bucketDeploymentProvider(
    s3.service,
    new Map(['one', 'two'].map((name) => [`assets/${name}.zip`, join(folder, name)])),
  )
  const properties = {
    ServiceToken: 'arn',
    SourceBucketNames: sources.map(() => 'assets'),
    SourceObjectKeys: sources.map((name) => `${name}.zip`),
    DestinationBucketName: 'pages',
    Prune: true,
    ...over,
  }
  const before = s3.published.length
  const { limitations } = await declare([provider], provider.type, 'D', properties)
  const changes = s3.published.slice(before).map(({ detailType, detail }) => `${detailType} ${detail.object.key}`)
  return { changes, limitations }
}

const keys = async () => ((await s3.client.listObjectsV2({ Bucket: 'pages' })).Contents ?? []).map(({ Key }) => Key)
const get = async (Key: string) => s3.client.getObject({ Bucket: 'pages', Key })

test('every file is an object with the metadata and the content type of its name', async () => {
  write('one', { 'index.html': '<h1>', 'assets/app.3f.js': 'run()', 'assets/font.woff2': 'f' })
  await deploy({
    SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
    DestinationBucketKeyPrefix: 'live',
  })
  expect(await keys()).toEqual(['live/assets/app.3f.js', 'live/assets/font.woff2', 'live/index.html'])
  expect(await get('live/assets/app.3f.js')).toMatchObject({
    ContentType: 'text/javascript',
    CacheControl: 'public, max-age=31536000, immutable',
  })
  expect((await get('live/index.html')).ContentType).toBe('text/html')
  expect((await get('live/assets/font.woff2')).ContentType).toBe('binary/octet-stream')
})

test('markers are replaced in the files of their source, within strings of JSON', async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0, 0x3c])
  write('one', { 'page.txt': '<<marker:0>>', 'image.png': bytes })
  write('two', { 'config.json': '{"pool":"<<marker:0>>","count":"<<marker:1>>"}', 'other.png': bytes })
  const markers = { '<<marker:0>>': 'say "$&" é', '<<marker:1>>': 'b' }
  await deploy({ SourceMarkers: [{}, markers], SourceMarkersConfig: [{}, { jsonEscape: true }] }, ['one', 'two'])
  const text = async (key: string) => (await get(key)).Body!.transformToString()
  expect(JSON.parse(await text('config.json'))).toEqual({ pool: 'say "$&" é', count: 'b' })
  expect(await text('page.txt')).toBe('<<marker:0>>')
  for (const key of ['image.png', 'other.png']) {
    expect(Buffer.from(await (await get(key)).Body!.transformToByteArray())).toEqual(bytes)
  }
})

test('a deployment again changes only what differs, and deletes files that were removed', async () => {
  write('one', { 'index.html': 'one', 'a.js': 'a', 'b.js': 'b' })
  expect((await deploy()).changes).toHaveLength(3)
  expect((await deploy()).changes).toEqual([])
  write('one', { 'index.html': 'two' })
  rmSync(join(folder, 'one', 'b.js'))
  expect((await deploy()).changes).toEqual(['Object Created index.html', 'Object Deleted b.js'])
  const changed = await deploy({ SystemMetadata: { 'cache-control': 'no-cache' } })
  expect(changed.changes.toSorted()).toEqual(['Object Created a.js', 'Object Created index.html'])
})

test('without pruning, and outside of prefix and filter, other objects remain', async () => {
  const put = (Key: string) => s3.client.putObject({ Bucket: 'pages', Key, Body: 'x' })
  await put('live/assets/old.js')
  await put('live/old.html')
  await put('other.html')
  write('one', { 'index.html': 'x', 'assets/new.js': 'x', 'a.b': 'x', aXb: 'x' })
  const scope = { DestinationBucketKeyPrefix: 'live/', Exclude: ['assets/*', 'a.?'] }
  await deploy({ ...scope, Prune: false })
  const unpruned = ['live/aXb', 'live/assets/old.js', 'live/index.html', 'live/old.html', 'other.html']
  expect(await keys()).toEqual(unpruned)
  await deploy(scope)
  expect(await keys()).toEqual(unpruned.filter((key) => key !== 'live/old.html'))
})

test('a source outside of the assembly and the filter Include are rejected, and unknown metadata reported', async () => {
  await expect(deploy({}, ['three'])).rejects.toThrow('The source assets/three.zip is not a folder of the assembly.')
  await expect(deploy({ Include: ['*'] })).rejects.toThrow('The filter Include')
  write('one', { 'index.html': 'x' })
  const { limitations } = await deploy({ SystemMetadata: { 'storage-class': 'GLACIER' } })
  expect(limitations).toEqual(['SystemMetadata: storage-class is not emulated.'])
  expect((await s3.client.headObject({ Bucket: 'pages', Key: 'index.html' })).StorageClass).toBeUndefined()
})
