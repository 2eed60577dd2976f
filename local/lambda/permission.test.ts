import { Iam, type Denial } from '../iam/iam.ts'
import type { Principal } from '../iam/types.ts'
import { Bakery } from './testing.ts'

const sourceArn = 'arn:aws:execute-api:us-east-1:000000000000:api/$default/GET/bread'
const gateway: Principal = { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn }

let shop: Bakery
let denials: Denial[]
let arn: string

beforeEach(async () => {
  denials = []
  shop = new Bakery({ access: new Iam({ report: (denial) => denials.push(denial) }) })
  arn = await shop.deploy()
  await shop.create('AWS::Lambda::Alias', { FunctionName: arn, Name: 'live', FunctionVersion: '1' })
})
afterEach(() => shop.stop())

const permit = (FunctionName: string, more: object = {}) =>
  shop.create('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName,
    Principal: 'apigateway.amazonaws.com',
    SourceArn: 'arn:aws:execute-api:us-east-1:000000000000:api/*/*/bread',
    ...more,
  })

const invoke = (named: string, caller: Principal = gateway) =>
  shop.lambda.invoke(named, { manner: 'echo' }, caller).then(
    () => 'invoked',
    (error: Error) => error.name,
  )

/** The role of this function may write no logs either, which is beside the point. */
const refusedInvocations = () => denials.filter(({ principal }) => principal.kind === 'service')

test('without a permission the call is refused, naming caller, action and function', async () => {
  expect(await invoke(arn)).toBe('AccessDeniedException')
  expect(denials).toEqual([
    {
      principal: gateway,
      functionName: undefined,
      action: 'lambda:InvokeFunction',
      resource: arn,
      why: 'No policy of the resource allows it.',
    },
  ])
})

test('a permission on the function is none on its alias', async () => {
  await permit(arn)
  expect(await invoke(arn)).toBe('invoked')
  expect(await invoke(`${arn}:live`)).toBe('AccessDeniedException')
  expect(refusedInvocations().map(({ resource }) => resource)).toEqual([`${arn}:live`])
})

test.each([
  ['by its ARN', () => `${arn}:live`],
  ['as name:alias', () => 'bakery:live'],
])('a permission on the alias, named %s, is none on the function', async (_manner, named) => {
  await permit(named())
  expect(await invoke(`${arn}:live`)).toBe('invoked')
  expect(await invoke(arn)).toBe('AccessDeniedException')
  expect(refusedInvocations().map(({ resource }) => resource)).toEqual([arn])
})

test('a permission is for its own source and its own service', async () => {
  await permit(`${arn}:live`)
  const elsewhere: Principal = { ...gateway, sourceArn: sourceArn.replace('/bread', '/cake') }
  const events: Principal = { ...gateway, service: 'events.amazonaws.com' }
  expect(await invoke(`${arn}:live`, elsewhere)).toBe('AccessDeniedException')
  expect(await invoke(`${arn}:live`, events)).toBe('AccessDeniedException')
})

test('an asynchronous invocation asks about the alias, too', async () => {
  await permit(arn)
  expect(() => shop.lambda.invokeAsync(`${arn}:live`, {}, gateway)).toThrow(/not authorized/)
  await permit(`${arn}:live`)
  expect(() => shop.lambda.invokeAsync(`${arn}:live`, {}, gateway)).not.toThrow()
})
