import { Iam, type Denial } from '../iam/iam.ts'
import type { Principal } from '../iam/types.ts'
import { Bakery } from './testing.ts'

const sourceArn = 'arn:aws:execute-api:us-east-1:000000000000:api/$default/GET/bread'
const gateway: Principal = { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn }

let bakery: Bakery
let denials: Denial[]
let arn: string

beforeEach(async () => {
  denials = []
  bakery = new Bakery({ access: new Iam({ report: (denial) => denials.push(denial) }) })
  arn = await bakery.deploy()
  await bakery.create('AWS::Lambda::Alias', { FunctionName: arn, Name: 'live', FunctionVersion: '1' })
})
afterEach(() => bakery.stop())

const permit = (FunctionName: string, more: object = {}) =>
  bakery.create('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName,
    Principal: 'apigateway.amazonaws.com',
    SourceArn: 'arn:aws:execute-api:us-east-1:000000000000:api/*/*/bread',
    ...more,
  })

const invoke = (named: string, caller: Principal = gateway) =>
  bakery.lambda.invoke(named, { behavior: 'echo' }, caller).then(
    () => 'invoked',
    (error: Error) => error.name,
  )

/** Without the denials of the function's role, which may not write logs either. */
const deniedInvocations = () => denials.filter(({ principal }) => principal.kind === 'service')

test('a call without a permission is denied, naming caller, action and function', async () => {
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

test('a permission with a condition that is not emulated is rejected, since without it it would be wider', async () => {
  await expect((async () => permit(arn, { PrincipalOrgID: 'o-bakers' }))()).rejects.toThrow('PrincipalOrgID')
  expect(await invoke(arn)).toBe('AccessDeniedException')
})

test('a permission on the function does not apply to its alias', async () => {
  await permit(arn)
  expect(await invoke(arn)).toBe('invoked')
  expect(await invoke(`${arn}:live`)).toBe('AccessDeniedException')
  expect(deniedInvocations().map(({ resource }) => resource)).toEqual([`${arn}:live`])
})

test.each([
  ['by its ARN', () => `${arn}:live`],
  ['as name:alias', () => 'bakery:live'],
])('a permission on the alias, named %s, does not apply to the function', async (_form, named) => {
  await permit(named())
  expect(await invoke(`${arn}:live`)).toBe('invoked')
  expect(await invoke(arn)).toBe('AccessDeniedException')
  expect(deniedInvocations().map(({ resource }) => resource)).toEqual([arn])
})

test('a permission only applies to its source ARN and service', async () => {
  await permit(`${arn}:live`)
  const otherSource: Principal = { ...gateway, sourceArn: sourceArn.replace('/bread', '/cake') }
  const events: Principal = { ...gateway, service: 'events.amazonaws.com' }
  expect(await invoke(`${arn}:live`, otherSource)).toBe('AccessDeniedException')
  expect(await invoke(`${arn}:live`, events)).toBe('AccessDeniedException')
})

test('an asynchronous invocation needs the permission on the alias', async () => {
  await permit(arn)
  expect(() => bakery.lambda.invokeAsync(`${arn}:live`, {}, gateway)).toThrow(/not authorized/)
  await permit(`${arn}:live`)
  expect(() => bakery.lambda.invokeAsync(`${arn}:live`, {}, gateway)).not.toThrow()
})
