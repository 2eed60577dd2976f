import { confirmPlan } from './confirm.ts'
import { UsageError } from './errors.ts'

const request = { place: 'shop in AWS account 1', plan: ['Move 3 messages.', 'Their consumer retries them.'] }

test('--yes proceeds without confirmation, after printing the plan', async () => {
  const printed: string[] = []
  expect(await confirmPlan({ ...request, yes: true, print: (line) => printed.push(line) })).toBe(true)
  expect(printed).toEqual(['shop in AWS account 1', 'Move 3 messages.', 'Their consumer retries them.'])
})

test('without a terminal and --yes, it is a usage error of one line', async () => {
  const error = await confirmPlan({ ...request, yes: false }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UsageError)
  expect((error as Error).message).toBe(
    'Nothing was done. Add --yes to proceed: Move 3 messages. (shop in AWS account 1)',
  )
})
