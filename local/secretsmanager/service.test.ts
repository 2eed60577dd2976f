import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CreatedResource } from '../assembly/provider.ts'
import { ManualClock } from '../clock.ts'
import { allowAll, type AccessControl, type AccessRequest } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { WireServer } from '../wire/server.ts'
import { SecretsManagerService } from './service.ts'

const directory = mkdtempSync(join(tmpdir(), 'secrets-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function start({ stateFile = ':memory:', access = allowAll } = {}) {
  const state = new State(stateFile)
  const service = new SecretsManagerService({ state, clock: new ManualClock() })
  const server = new WireServer({
    access,
    authenticate: () => ({ kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/desk' }),
  })
  server.addJsonService(service.wire)
  const client = new SecretsManagerClient({
    endpoint: await server.listen(0),
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  let stopped = false
  const stop = async () => {
    if (stopped) return
    stopped = true
    client.destroy()
    await server.close()
    state.close()
  }
  stops.push(stop)
  const declare = (properties: object, logicalId = 'Key') =>
    service.providers[0]!.create({
      stackName: 'library',
      logicalId,
      type: 'AWS::SecretsManager::Secret',
      properties,
      generatedName: `library-${logicalId}`,
    }) as CreatedResource
  const get = (SecretId: string, version: object = {}) =>
    client.send(new GetSecretValueCommand({ SecretId, ...version }))
  return { declare, get, stop }
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
  expect((await get('door/key', { VersionId: byName.VersionId })).SecretString).toBe(byName.SecretString)
})

test('a value survives a restart, and a changed specification makes a new version', async () => {
  const stateFile = join(directory, 'state.sqlite')
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
  [{ PasswordLength: 0 }, /^Key: GenerateSecretString needs a PasswordLength from 1 to 4096\.$/],
  [{ PasswordLength: 2 }, /leaves too few characters/],
  [{ GenerateStringKey: 'password' }, /sets GenerateStringKey, which is not emulated/],
])('a specification that cannot be met is rejected: %j', async (specification, message) => {
  const { declare } = await start()
  expect(() => declare({ GenerateSecretString: specification })).toThrow(message)
})

test('what does not exist is ResourceNotFoundException', async () => {
  const { declare, get } = await start()
  declare({ GenerateSecretString: {} })
  declare({}, 'Empty')
  for (const lookup of [
    get('library-Other'),
    get('library-Empty'),
    get('library-Key', { VersionStage: 'AWSPREVIOUS' }),
    get('library-Key', { VersionId: crypto.randomUUID() }),
  ]) {
    await expect(lookup).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  }
})

test('IAM is asked for the full ARN, before it shows whether a secret exists', async () => {
  const asked: AccessRequest[] = []
  const access: AccessControl = {
    ...allowAll,
    require(_, requests) {
      asked.push(...requests)
      throw new AwsError('AccessDeniedException', 'no')
    },
  }
  const { declare, get } = await start({ access })
  const { ref } = declare({ GenerateSecretString: {} })
  for (const id of ['library-Key', 'library-Other']) {
    await expect(get(id)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  }
  expect(asked).toEqual([
    { action: 'secretsmanager:GetSecretValue', resource: ref },
    {
      action: 'secretsmanager:GetSecretValue',
      resource: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:library-Other',
    },
  ])
})
