import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { run, root } from './synthesized.ts'

run(['scripts/commands/build.ts'], {})
const outputs: string[] = JSON.parse(readFileSync(join(root, 'dist/build.json'), 'utf8')).outputs
const bundles = outputs.filter((output) => /^dist\/[^/]+\/[^/]+\/index\.mjs$/.test(output))

const digests = () =>
  outputs.map((output) => [
    output,
    createHash('sha256')
      .update(readFileSync(join(root, output)))
      .digest('hex'),
  ])

test('the same sources produce identical bundles', () => {
  const before = digests()
  const report = run(['scripts/commands/build.ts', '--force', '--sizes'], {})
  expect(report).toMatch(/\d+ KB {2}orders\/place-order/)
  expect(report).toMatch(/\d+ functions built in [\d.]+ s, the largest \d+ KB/)
  expect(digests()).toEqual(before)
})

test('an up-to-date bundle is not built again', () => {
  const builtAt = statSync(join(root, 'dist/build.json')).mtimeMs
  expect(run(['scripts/commands/build.ts'], {})).toBe('')
  expect(statSync(join(root, 'dist/build.json')).mtimeMs).toBe(builtAt)
})

test('the build removes stale bundles from dist', () => {
  const files = globSync('dist/*/**/*', { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(files.map((file) => join(file.parentPath, file.name)).toSorted()).toEqual(
    outputs.map((output) => join(root, output)).toSorted(),
  )
})

test.each(bundles)('%s contains no credential providers and no locales, and stays small', (bundle) => {
  const text = readFileSync(join(root, bundle), 'utf8')
  // Operations of single sign-on and of web identities, and a word from zod's Azerbaijani locale.
  const weight = ['GetRoleCredentials', 'AssumeRoleWithWebIdentity', 'Yanlış']
  expect(weight.filter((word) => text.includes(word))).toEqual([])
  // The S3 client is the largest client that functions use.
  expect(text.length).toBeLessThan(800 * 1024)
})

test('an unknown flag is rejected with one line', () => {
  expect(() => run(['scripts/commands/build.ts', '--fast'], {})).toThrow("Unknown option '--fast'")
})
