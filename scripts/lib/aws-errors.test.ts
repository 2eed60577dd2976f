import { UsageError } from './deployment.ts'
import { awsRefusal } from './aws-errors.ts'

const error = (name: string, message: string, fields: object = {}) =>
  Object.assign(new Error(message), { name, ...fields })

test.each([
  [
    error('CredentialsProviderError', 'no providers\nmore'),
    'There are no AWS credentials: no providers. Sign in (aws sso login), and name the profile: export AWS_PROFILE=NAME.',
  ],
  [
    error('Error', 'Region is missing'),
    'There is no AWS region: export AWS_REGION=eu-west-1, or set one in the profile of AWS_PROFILE.',
  ],
  [
    error('Error', 'Region not accepted: region=""'),
    'There is no AWS region: export AWS_REGION=eu-west-1, or set one in the profile of AWS_PROFILE.',
  ],
  [
    error('AccessDenied', 'not for you\nmore', { $metadata: { httpStatusCode: 403 } }),
    'AWS refused: AccessDenied: not for you',
  ],
  [
    error('Error', 'getaddrinfo ENOTFOUND sts', { $metadata: { attempts: 3 } }),
    'AWS cannot be reached: getaddrinfo ENOTFOUND sts',
  ],
])('what AWS says no with is one line: %s', (refusal, line) => {
  expect(awsRefusal(refusal)).toBeInstanceOf(UsageError)
  expect(awsRefusal(refusal)!.message).toBe(line)
})

test.each([
  ['a bug', new TypeError('undefined is not a function')],
  ['a mistake of the caller', new UsageError('no such queue')],
  ['a local system that is gone', error('Error', 'refused', { code: 'ECONNREFUSED', $metadata: { attempts: 3 } })],
  ['what is no error', 'text'],
])('%s is left as it is', (_name, other) => {
  expect(awsRefusal(other)).toBeUndefined()
})
