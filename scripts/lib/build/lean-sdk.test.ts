import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { leanModules } from './lean-sdk.ts'

const packages = join(import.meta.dirname, '../../../node_modules')

const exportsOf = (code: string) =>
  [...code.matchAll(/^\s*export (?:async )?(?:const|class|function) (\w+)/gm)].map(([, name]) => name)

test.each(leanModules)('the SDK has $module, which the build changes', ({ module, contents }) => {
  const files = globSync(module, { cwd: packages })
  expect(files).not.toEqual([])
  for (const file of files) {
    const code = readFileSync(join(packages, file), 'utf8')
    const lean = contents(code)
    expect(lean.length).toBeLessThan(code.length + 50)
    expect(lean).not.toBe(code)
    // An import of another export would fail the build.
    expect(exportsOf(code)).toEqual(expect.arrayContaining(exportsOf(lean)))
  }
})

test('the errors of operations on items stay registered, so that they keep their classes', () => {
  const { module, contents } = leanModules.find((each) => each.module.endsWith('/schemas_0.js'))!
  const registered = contents(readFileSync(join(packages, module), 'utf8')).match(/^n0_registry.registerError\(\w+/gm)
  expect(registered?.map((statement) => statement.split('(')[1])).toEqual([
    'ConditionalCheckFailedException',
    'IdempotentParameterMismatchException',
    'InternalServerError',
    'ItemCollectionSizeLimitExceededException',
    'ProvisionedThroughputExceededException',
    'ReplicatedWriteConflictException',
    'RequestLimitExceeded',
    'ResourceNotFoundException',
    'ThrottlingException',
    'TransactionCanceledException',
    'TransactionConflictException',
    'TransactionInProgressException',
  ])
})
