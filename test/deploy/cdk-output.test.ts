import { deployedStacks, destroyedStacks } from './cdk-output.ts'

test('finds changed and unchanged stacks in the output of a deployment', () => {
  const output = `
library-dev-data: deploying... [1/3]

 ✅  library-dev-data

✨  Deployment time: 1.2s

 ✅  library-dev-media (no changes)

✅  library-dev-api (no changes)
`
  expect(deployedStacks(output)).toEqual({
    changed: ['library-dev-data'],
    unchanged: ['library-dev-media', 'library-dev-api'],
  })
})

test('does not report the bootstrap of an environment as a stack', () => {
  expect(deployedStacks(' ✅  Environment aws://000000000000/us-east-1 bootstrapped (no changes).\n')).toEqual({
    changed: [],
    unchanged: [],
  })
})

test('finds the destroyed stacks', () => {
  expect(destroyedStacks(' ✅  library-dev-api: destroyed\n\n ✅  library-dev-data: destroyed\n')).toEqual([
    'library-dev-api',
    'library-dev-data',
  ])
})
