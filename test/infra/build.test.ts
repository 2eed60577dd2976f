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
  const report = run(['scripts/commands/build.ts', '--force'], {})
  expect(report).toMatch(/\d+ functions built in [\d.]+ s, the largest \d+ KB/)
  expect(digests()).toEqual(before)
})

test('an up-to-date bundle is not built again', () => {
  const builtAt = statSync(join(root, 'dist/build.json')).mtimeMs
  expect(run(['scripts/commands/build.ts'], {})).toBe('')
  expect(statSync(join(root, 'dist/build.json')).mtimeMs).toBe(builtAt)
})

test('the build removes stale bundles from dist', () => {
  // dist/web is the build of the pages.
  const files = globSync('dist/!(web)/**/*', { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile())
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

test('a function contains only those operations of a client that it uses, although all share one bundle of it', () => {
  const operationsOf = (bundle: string) =>
    readFileSync(join(root, 'dist', bundle, 'index.mjs'), 'utf8').match(/(?<=")\w+Item(s)?(?=Input")|Query(?=Input")/g)
  expect(new Set(operationsOf('catalog/apply-stock'))).toEqual(new Set(['UpdateItem']))
})

/**
 * What a function may weigh, by its name or else by its service's: its weight when the budget was set, and 8 to 12 modules
 * and about as many kilobytes more, which the next files of its own take. The bundle of a client of an AWS service counts as
 * one or two modules, of 11 KB and more. Raise a budget for a dependency that the function needs, and not for one that an
 * import brought along.
 */
const budgets: Readonly<Record<string, Size>> = {
  activity: { modules: 50, kilobytes: 240 },
  api: { modules: 35, kilobytes: 65 },
  cart: { modules: 65, kilobytes: 240 },
  catalog: { modules: 65, kilobytes: 240 },
  inventory: { modules: 65, kilobytes: 250 },
  orders: { modules: 80, kilobytes: 265 },
  payments: { modules: 55, kilobytes: 250 },
  // The client of Secrets Manager.
  'payments/receive-webhook': { modules: 65, kilobytes: 265 },
  // Stripe's client as well.
  'payments/settle-orders-stripe': { modules: 280, kilobytes: 560 },
  'payments/find-stuck-payments-stripe': { modules: 280, kilobytes: 555 },
  'payments/receive-webhook-stripe': { modules: 290, kilobytes: 565 },
  pricing: { modules: 65, kilobytes: 245 },
  shipping: { modules: 60, kilobytes: 240 },
  // The client of Secrets Manager.
  'shipping/receive-webhook': { modules: 60, kilobytes: 250 },
  // A font of 1 MB, what reads it and makes a PDF of it, and the S3 client.
  'shipping/admin-get-label': { modules: 240, kilobytes: 3090 },
  'shipping/admin-get-invoice': { modules: 235, kilobytes: 3090 },
  'shipping/get-invoice': { modules: 240, kilobytes: 3090 },
  users: { modules: 60, kilobytes: 245 },
  // The clients of the table and of the user pool.
  'users/change-avatar': { modules: 55, kilobytes: 275 },
  'users/delete-account': { modules: 55, kilobytes: 275 },
  // The clients of the user pool, and of S3, which signs the URLs of the avatar.
  'users/get-me': { modules: 65, kilobytes: 465 },
  'users/patch-me': { modules: 65, kilobytes: 465 },
  'users/staff-authorizer': { modules: 45, kilobytes: 250 },
  // The S3 client has 210 KB.
  'event-relay': { modules: 45, kilobytes: 390 },
  thumbnails: { modules: 70, kilobytes: 420 },
  'thumbnails/admin-get-upload': { modules: 55, kilobytes: 235 },
  // The S3 client has 210 KB.
  reporting: { modules: 65, kilobytes: 415 },
  'reporting/record-refunds': { modules: 45, kilobytes: 225 },
  notifications: { modules: 40, kilobytes: 225 },
  // The clients of SES and SNS.
  'notifications/send-mail': { modules: 70, kilobytes: 365 },
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
