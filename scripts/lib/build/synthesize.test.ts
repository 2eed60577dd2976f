import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { copyCheckout } from '#test/support/checkout.ts'
import { newFolder } from '#test/support/new-folder.ts'

test('code that does not compile is reported by its line, without the stack of the process that loads it', async () => {
  const checkout = join(newFolder(), 'checkout')
  copyCheckout(checkout)
  const broken = 'services/orders/domain/order.ts'
  appendFileSync(join(checkout, broken), 'export const unfinished =')
  const { exitCode, all } = await execa(process.execPath, ['scripts/lib/build/synthesize.ts'], {
    cwd: checkout,
    env: { CDK_OUTDIR: join(checkout, 'cdk.out') },
    all: true,
    reject: false,
  })
  expect(exitCode).toBe(1)
  expect(all).toContain(`${broken}:`)
  expect(all).not.toContain('ERR_INVALID_TYPESCRIPT_SYNTAX')
})
