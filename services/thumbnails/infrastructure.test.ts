import { spawnSync } from 'node:child_process'
import { closeSync, globSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileEventPattern } from '@cartwheel/local/testing'
import { build } from '#scripts/lib/templates.ts'
import { root, synthesize } from '#test/infra/synthesized.ts'
import { pendingLifetimeSeconds } from './domain/upload.ts'

const dev = await synthesize()
const uploads = dev.ofType('AWS::S3::Bucket').find(({ logicalId }) => logicalId.startsWith('uploads'))
await build()
const asset = join(root, 'dist/thumbnails/make-thumbnails')
const files = globSync('**', { cwd: asset, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages

const elf = Buffer.from('7f454c46', 'hex')
const aarch64 = 183

/** The machine type in the header of an ELF file; undefined for other files. Source: elf(5), `e_machine`. */
function machineOf(file: string): number | undefined {
  const header = Buffer.alloc(20)
  const descriptor = openSync(file, 'r')
  readSync(descriptor, header, 0, header.length, 0)
  closeSync(descriptor)
  return header.subarray(0, 4).equals(elf) ? header.readUInt16LE(18) : undefined
}

test("all machine code of the asset is for Lambda's processor", () => {
  const machines = files.flatMap((file) => machineOf(file) ?? [])
  // The binding and the library below it.
  expect(machines).toEqual([aarch64, aarch64])
})

test("the asset stays below 24 MB, a tenth of Lambda's limit", () => {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  expect(bytes).toBeLessThan(24 * 1024 * 1024)
})

test('its packages are those of the lock file', () => {
  const manifests = globSync('node_modules/{*,@*/*}/package.json', { cwd: asset })
  expect(manifests).not.toEqual([])
  for (const manifest of manifests) {
    const { version } = JSON.parse(readFileSync(join(asset, manifest), 'utf8'))
    expect([manifest, version]).toEqual([manifest, locked[manifest.replace('/package.json', '')].version])
  }
})

test('only the function that needs native code contains it, without the URL of its registry', () => {
  const carrying = globSync('dist/*/*/node_modules/sharp', { cwd: root })
  expect(carrying).toEqual(['dist/thumbnails/make-thumbnails/node_modules/sharp'])
  expect(files.filter((file) => /\.package-lock\.json$|\.npmrc$/.test(file))).toEqual([])
})

test("on this machine the asset's own sharp runs with the machine's own binaries", () => {
  const script = `
    const sharp = require(require.resolve('sharp', { paths: [${JSON.stringify(asset)}] }))
    const create = { width: 20, height: 10, channels: 3, background: 'red' }
    sharp({ create }).webp().toBuffer({ resolveWithObject: true })
      .then(({ info }) => console.log(info.format, info.width, require.resolve('sharp', { paths: [${JSON.stringify(asset)}] })))`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: tmpdir(), encoding: 'utf8' })
  expect(stderr).toBe('')
  const [format, width, path] = stdout.trim().split(' ')
  expect([format, width]).toEqual(['webp', '20'])
  expect(path!.startsWith(asset)).toBe(true)
})

describe('without the registry', () => {
  const folder = mkdtempSync(join(tmpdir(), 'native-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  /** In a separate process, whose npm has no network access and an empty cache. */
  const install = (kept: string) =>
    spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { installForLambda } from '#scripts/lib/build/native-packages.ts'
        const install = installForLambda('sharp', 'package-lock.json', ${JSON.stringify(kept)})
        await install.then(console.log, (error) => console.log(error.constructor.name, error.message))`,
      ],
      {
        cwd: root,
        env: {
          ...process.env,
          npm_config_registry: 'http://127.0.0.1:1/',
          npm_config_cache: join(folder, 'cache'),
          npm_config_fetch_retries: '0',
        },
        encoding: 'utf8',
      },
    ).stdout

  test('the build reports the missing package and stores no partial installation', () => {
    const kept = join(folder, 'packages')
    expect(install(kept)).toMatch(
      /^CommandError sharp for linux on arm64 could not be installed: the one-time download from the npm registry failed\.\n.*ECONNREFUSED/s,
    )
    expect(globSync('*', { cwd: kept })).toEqual([])
  })

  test('a previous installation is sufficient', () => {
    expect(install(join(root, 'dist/.native'))).toMatch(/dist\/\.native\/sharp-[0-9a-f]{16}\/node_modules\n$/)
  })
})

test('a pending upload and its file outlive every message about them', () => {
  const messageDays = dev.ofType('AWS::SQS::Queue').map(({ properties }) => properties.MessageRetentionPeriod / 86_400)
  const fileDays = uploads!.properties.LifecycleConfiguration.Rules.map(
    ({ ExpirationInDays }: { ExpirationInDays: number }) => ExpirationInDays,
  )
  for (const days of [pendingLifetimeSeconds / 86_400, ...fileDays])
    expect(days).toBeGreaterThan(Math.max(...messageDays))
})

test('uploads reach the consumer through a rule that matches the bucket and the key prefix', () => {
  const [rule, ...others] = dev
    .ofType('AWS::Events::Rule')
    .filter(({ properties }) => properties.EventPattern.source.includes('aws.s3'))
  expect(others).toEqual([])
  const { bucket, object } = rule!.properties.EventPattern.detail
  expect(dev.followImport(bucket.name[0])).toEqual({ Ref: uploads!.logicalId })
  expect(object.key).toEqual([{ prefix: 'incoming/' }])
  const queue = dev.referred(rule!, rule!.properties.Targets[0].Arn)
  const mapping = dev
    .ofType('AWS::Lambda::EventSourceMapping')
    .find((candidate) => dev.referred(candidate, candidate.properties.EventSourceArn) === queue)!
  expect(mapping.properties.BatchSize).toBe(1)
})

test('of the changes of products, only those that remove an image invoke a function', () => {
  const [rule, ...others] = dev
    .ofType('AWS::Events::Rule')
    .filter(
      ({ properties, stack }) =>
        stack.endsWith('-thumbnails') && properties.EventPattern.source.includes('catalog.app'),
    )
  expect(others).toEqual([])
  const matches = compileEventPattern(rule!.properties.EventPattern)
  const changed = (more: object) => ({
    source: 'catalog.app',
    'detail-type': 'ProductChanged',
    detail: { data: { productId: 'mug-1', sku: 'MUG-1', version: 2, ...more } },
  })
  expect(matches(changed({ removedImages: { uploadIds: ['upl_1'], keys: [] } }))).toBe(true)
  expect(matches(changed({}))).toBe(false)
})

test('the function that decodes images returns their memory to the system', () => {
  const makes = dev
    .ofType('AWS::Lambda::Function')
    .find(({ properties }) => properties.FunctionName.endsWith('-make-thumbnails'))!
  expect(makes.properties.Environment.Variables).toMatchObject({
    MALLOC_MMAP_THRESHOLD_: '131072',
    MALLOC_ARENA_MAX: '1',
  })
})
