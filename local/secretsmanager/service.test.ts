import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import type { CreatedResource } from '../assembly/provider.ts'
import { RecordedAccess } from '../iam/testing.ts'
import type { AccessControl } from '../iam/types.ts'
import { newStateFile } from '../test/folders.ts'
import { declare as declareIn, TestEndpoint } from '../wire/testing.ts'
import { SecretsManagerService } from './service.ts'

const endpoints: TestEndpoint[] = []
afterEach(async () => {
  for (const endpoint of endpoints.splice(0)) await endpoint.stop()
})

async function start(options: { stateFile?: string; access?: AccessControl } = {}) {
  const endpoint = new TestEndpoint({
    ...options,
    authenticate: () => ({ kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/desk' }),
  })
  endpoints.push(endpoint)
  const service = new SecretsManagerService(endpoint)
  endpoint.server.addJsonService(service.wire)
  await endpoint.listen()
  const client = endpoint.client(SecretsManager)
  const declare = (properties: object, logicalId = 'Key') =>
    declareIn(service.providers, 'AWS::SecretsManager::Secret', logicalId, properties) as CreatedResource
  const get = (SecretId: string, version: object = {}) => client.getSecretValue({ SecretId, ...version })
  return { declare, get, stop: () => endpoints.pop()!.stop() }
}

test('a secret is found by name, by ARN and by ARN without its suffix', async () => {
  const { declare, get } = await start()
  const { ref, attributes } = declare({ Name: 'door/key', GenerateSecretString: {} })
  expect(ref).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:door\/key-[\da-z]{6}$/)
  expect(attributes).toEqual({ Id: ref })
  const byName = await get('door/key')
  expect(byName).toMatchObject({
    ARN: ref,
    Name: 'door/key',
    VersionStages: ['AWSCURRENT'],
    CreatedDate: expect.any(Date),
  })
  for (const id of [ref, ref.slice(0, -7)]) expect((await get(id)).SecretString).toBe(byName.SecretString)
  await expect(get(ref, { VersionStage: 'AWSPREVIOUS' })).rejects.toThrow('the parameter VersionStage')
})

test('a value survives a restart, and a changed specification makes a new version', async () => {
  const stateFile = newStateFile()
  const specification = { PasswordLength: 40, ExcludePunctuation: true }
  const first = await start({ stateFile })
  first.declare({ GenerateSecretString: specification })
  const { SecretString: value, VersionId } = await first.get('library-Key')
  expect(value).toMatch(/^[\dA-Za-z]{40}$/)
  await first.stop()

  const second = await start({ stateFile })
  second.declare({ GenerateSecretString: specification })
  expect(await second.get('library-Key')).toMatchObject({ SecretString: value, VersionId })
  second.declare({ GenerateSecretString: { PasswordLength: 20 } })
  const changed = await second.get('library-Key')
  expect(changed.SecretString).toHaveLength(20)
  expect(changed.VersionId).not.toBe(VersionId)
})

test.each([
  ['the defaults', {}, /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\dA-Za-z])[!-~]{32}$/],
  [
    'one type',
    { ExcludeLowercase: true, ExcludeUppercase: 'true', ExcludePunctuation: true, PasswordLength: '5' },
    /^\d{5}$/,
  ],
  [
    'excluded characters',
    { ExcludeCharacters: '0123456789abcdefghijklmnopqrstuvwxyz', ExcludePunctuation: true },
    /^[A-Z]{32}$/,
  ],
  ['each type at the least length', { PasswordLength: 4 }, /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\dA-Za-z])[!-~]{4}$/],
])('the password has what its specification says: %s', async (_, specification, pattern) => {
  const { declare, get } = await start()
  declare({ GenerateSecretString: specification })
  expect((await get('library-Key')).SecretString).toMatch(pattern)
})

test.each([
  [{ PasswordLength: 0 }, /^Key: GenerateSecretString needs another PasswordLength\.$/],
  [{ PasswordLength: 2 }, /needs another PasswordLength/],
  [{ GenerateStringKey: 'password' }, /sets GenerateStringKey, which is not emulated/],
])('a specification that cannot be met is rejected: %j', async (specification, message) => {
  const { declare } = await start()
  expect(() => declare({ GenerateSecretString: specification })).toThrow(message)
})

test('what does not exist is ResourceNotFoundException', async () => {
  const { declare, get } = await start()
  declare({ GenerateSecretString: {} })
  declare({}, 'Empty')
  for (const name of ['library-Other', 'library-Empty'])
    await expect(get(name)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('IAM is asked for the full ARN, before it shows whether a secret exists', async () => {
  const access = new RecordedAccess(() => true)
  const { declare, get } = await start({ access })
  const { ref } = declare({ GenerateSecretString: {} })
  for (const id of ['library-Key', 'library-Other']) {
    await expect(get(id)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  }
  expect(access.requests).toEqual([
    { action: 'secretsmanager:GetSecretValue', resource: ref },
    {
      action: 'secretsmanager:GetSecretValue',
      resource: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:library-Other',
    },
  ])
})
