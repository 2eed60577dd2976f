import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '#test/support/new-folder.ts'
import { bundleFunctions, withPureSchemas } from './bundle.ts'

test('the values of schema constants are wrapped in a pure call, on the same lines', () => {
  const code = `import * as z from 'zod'

/** One. */
export const Loan = z.object({
  copies: z.int(),
})
export type Loan = z.infer<typeof Loan>

const Short = Loan.pick({ copies: true })
const text = z
  .string()
  .min(1)
`
  const pure = withPureSchemas(code)
  expect(pure.split('\n')).toHaveLength(code.split('\n').length)
  expect(pure).toContain('export const Loan = /* @__PURE__ */ (() => (z.object({\n  copies: z.int(),\n})))()\n')
  expect(pure).toContain('const Short = /* @__PURE__ */ (() => (Loan.pick({ copies: true })))()\n')
  expect(pure).toContain('const text = /* @__PURE__ */ (() => (z\n  .string()\n  .min(1)))()\n')
})

test('so are the values of arrays and objects with such values', () => {
  const code = `const list: readonly z.ZodType[] = [z.string(), ...more]
export const byName = {
  loan: z.object({}),
} as const
const names = { loan: 'Loan' }
`
  expect(withPureSchemas(code))
    .toBe(`const list: readonly z.ZodType[] = /* @__PURE__ */ (() => ([z.string(), ...more]))()
export const byName = /* @__PURE__ */ (() => ({
  loan: z.object({}),
} as const))()
const names = { loan: 'Loan' }
`)
})

test('other statements stay as they are', () => {
  const code = `const client = newClient()
export const handler = async () => {
  const inner = z.string()
  return inner
}
export function loan() {
  return z.object({})
}
`
  expect(withPureSchemas(code)).toBe(code)
})

test('a part of zod that functions do not have fails the build, with the file that would have it', async () => {
  const folder = newFolder()
  const entry = { in: join(folder, 'lend.ts'), out: 'lend' }
  writeFileSync(entry.in, `import * as z from 'zod'\nexport const handler = () => z.tuple([z.string()])`)
  await expect(bundleFunctions([entry], folder, { development: true })).rejects.toThrow(
    'Functions have only the part of zod that scripts/lib/build/lean-zod.ts implements.',
  )
})
