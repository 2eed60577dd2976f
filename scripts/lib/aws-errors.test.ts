import { all, ask, awsFailure, type Known } from './aws-errors.ts'
import { CommandError, UsageError } from './errors.ts'

const error = (name: string, message: string, fields: object = {}) =>
  Object.assign(new Error(message), { name, ...fields })

test.each([
  [
    error('CredentialsProviderError', 'no providers\nmore'),
    'No AWS credentials found: no providers. Sign in (aws sso login), and set the profile: export AWS_PROFILE=NAME.',
  ],
  [
    error('Error', 'Region is missing'),
    'No AWS region is set. Set one: export AWS_REGION=eu-west-1, or a region in the profile of AWS_PROFILE.',
  ],
  [
    error('Error', 'Region not accepted: region=""'),
    'No AWS region is set. Set one: export AWS_REGION=eu-west-1, or a region in the profile of AWS_PROFILE.',
  ],
  [
    error('AccessDenied', 'not for you\nmore', { $metadata: { httpStatusCode: 403 } }),
    'AWS rejected the request: AccessDenied: not for you',
  ],
  [
    error('Error', 'getaddrinfo ENOTFOUND sts', { $metadata: { attempts: 3 } }),
    'AWS cannot be reached: getaddrinfo ENOTFOUND sts. Check the network, AWS_REGION and AWS_ENDPOINT_URL.',
  ],
])('an error of an AWS call becomes one line: %s', (cause, line) => {
  expect(awsFailure(cause)).toBeInstanceOf(CommandError)
  expect(awsFailure(cause)!.message).toBe(line)
})

test.each([
  ['a bug', new TypeError('undefined is not a function')],
  ['a usage error', new UsageError('no such flag')],
  ['an explained failure', new CommandError('no such queue')],
  [
    'a local system that is not running',
    error('Error', 'refused', { code: 'ECONNREFUSED', $metadata: { attempts: 3 } }),
  ],
  ['a timeout of a browser', error('TimeoutError', 'page.goto: Timeout 30000ms exceeded.')],
  ['a connection that another server closed', error('Error', 'read ECONNRESET', { code: 'ECONNRESET' })],
  ['a value that is not an error', 'text'],
])('%s is not reported as an AWS error', (_name, other) => {
  expect(awsFailure(other)).toBeUndefined()
})

test('a denied request is a result, and a bug is thrown', async () => {
  const asking = (cause: unknown) => ask('ses:GetAccount', () => Promise.reject(cause))
  const awsError = (name: string) => error(name, 'no\nreally', { $metadata: {} })
  expect(await asking(awsError('AccessDeniedException'))).toMatchObject({ why: 'needs permission ses:GetAccount' })
  expect(await asking(awsError('Throttling'))).toMatchObject({ why: 'ses:GetAccount failed: Throttling: no' })
  expect(await asking(error('Error', 'x', { code: 'ECONNRESET' }))).toMatchObject({ known: false })
  await expect(asking(new TypeError('a bug'))).rejects.toThrow('a bug')
})

test('a combined result is known when all of its parts are', () => {
  const known = <T>(value: T): Known<T> => ({ known: true, value })
  const unknown = { known: false, why: 'needs permission x:Y', remedy: 'Grant it.' } as const
  expect(all([known(1), known(2)])).toEqual(known([1, 2]))
  expect(all([known(1), unknown])).toEqual(unknown)
})
