import { deployedStacks, destroyedStacks } from './cdk-output.ts'

test('finds changed and unchanged stacks in the output of a deployment', () => {
  const output = `
cartwheel-dev-data: deploying... [1/3]

 ✅  cartwheel-dev-data

✨  Deployment time: 1.2s

 ✅  cartwheel-dev-media (no changes)

✅  cartwheel-dev-api (no changes)
`
  expect(deployedStacks(output)).toEqual({
    changed: ['cartwheel-dev-data'],
    unchanged: ['cartwheel-dev-media', 'cartwheel-dev-api'],
  })
})

test('does not take the bootstrap of an environment for a stack', () => {
  expect(deployedStacks(' ✅  Environment aws://000000000000/us-east-1 bootstrapped (no changes).\n')).toEqual({
    changed: [],
    unchanged: [],
  })
})

test('finds the destroyed stacks', () => {
  expect(destroyedStacks(' ✅  cartwheel-dev-api: destroyed\n\n ✅  cartwheel-dev-data: destroyed\n')).toEqual([
    'cartwheel-dev-api',
    'cartwheel-dev-data',
  ])
})
