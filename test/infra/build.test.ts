import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { run, root } from './synthesized.ts'

run(['scripts/commands/build.ts'], {})
interface Size {
  readonly modules: number
  readonly kilobytes: number
}
const { outputs, sizes }: { outputs: string[]; sizes: Record<string, Size> } = JSON.parse(
  readFileSync(join(root, 'dist/build.json'), 'utf8'),
)
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
  expect(report).toMatch(/\d+ KB +\d+ modules {2}orders\/place-order/)
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

test.each(bundles)('%s contains no credential providers and no locales', (bundle) => {
  const text = readFileSync(join(root, bundle), 'utf8')
  // Operations of single sign-on and of web identities, and a word from zod's Azerbaijani locale.
  const weight = ['GetRoleCredentials', 'AssumeRoleWithWebIdentity', 'Yanlış']
  expect(weight.filter((word) => text.includes(word))).toEqual([])
})

/**
 * What a function may weigh, by its name or else by its service's. Raise a budget for a dependency that the function
 * needs, and not for one that an import brought along.
 */
const budgets: Readonly<Record<string, Size>> = {
  activity: { modules: 400, kilobytes: 490 },
  api: { modules: 65, kilobytes: 200 },
  cart: { modules: 420, kilobytes: 495 },
  catalog: { modules: 410, kilobytes: 490 },
  // A product and the answer to its request are stored in one transaction.
  'catalog/create-product': { modules: 415, kilobytes: 495 },
  inventory: { modules: 415, kilobytes: 505 },
  orders: { modules: 430, kilobytes: 520 },
  'orders/place-order': { modules: 435, kilobytes: 520 },
  payments: { modules: 405, kilobytes: 500 },
  // The client of Secrets Manager.
  'payments/receive-webhook': { modules: 430, kilobytes: 525 },
  // Stripe's client as well.
  'payments/settle-orders-stripe': { modules: 650, kilobytes: 815 },
  'payments/find-stuck-payments-stripe': { modules: 650, kilobytes: 815 },
  'payments/receive-webhook-stripe': { modules: 650, kilobytes: 815 },
  pricing: { modules: 410, kilobytes: 495 },
  shipping: { modules: 410, kilobytes: 485 },
  // The client of Secrets Manager.
  'shipping/receive-webhook': { modules: 425, kilobytes: 510 },
  // A font of 1 MB, what reads it and makes a PDF of it, and the S3 client.
  'shipping/admin-get-label': { modules: 730, kilobytes: 3425 },
  'shipping/admin-get-invoice': { modules: 730, kilobytes: 3425 },
  'shipping/get-invoice': { modules: 730, kilobytes: 3425 },
  users: { modules: 410, kilobytes: 495 },
  // The clients of the user pool, and of S3, which signs the URLs of the avatar.
  'users/get-me': { modules: 580, kilobytes: 835 },
  'users/patch-me': { modules: 580, kilobytes: 835 },
  'users/staff-authorizer': { modules: 370, kilobytes: 480 },
  // The S3 client has 250 KB.
  'event-relay': { modules: 500, kilobytes: 700 },
  thumbnails: { modules: 560, kilobytes: 770 },
  'thumbnails/admin-get-upload': { modules: 405, kilobytes: 490 },
  // The S3 client has 250 KB.
  reporting: { modules: 560, kilobytes: 760 },
  'reporting/record-refunds': { modules: 400, kilobytes: 490 },
  notifications: { modules: 410, kilobytes: 490 },
  // The clients of SES and SNS.
  'notifications/send-mail': { modules: 475, kilobytes: 690 },
}

test.each(Object.entries(sizes))('%s stays within its budget of modules and bytes', (name, size) => {
  const budget = budgets[name] ?? budgets[name.split('/')[0]!]
  expect(budget).toBeDefined()
  expect(size.modules).toBeLessThanOrEqual(budget!.modules)
  expect(size.kilobytes).toBeLessThanOrEqual(budget!.kilobytes)
})

test('a function contains no route of another function', () => {
  const text = readFileSync(join(root, 'dist/orders/place-order/index.mjs'), 'utf8')
  expect(text).toContain('placeOrder')
  expect(text).not.toMatch(/adminListOrders|listOrderEvents/)
})

test('an unknown flag is rejected with one line', () => {
  expect(() => run(['scripts/commands/build.ts', '--fast'], {})).toThrow("Unknown option '--fast'")
})
