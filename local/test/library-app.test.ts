import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { SQS } from '@aws-sdk/client-sqs'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startLocalSystem, type LocalSystem } from '../system.ts'
import { newFolder } from './folders.ts'
import { synthesizeLibrary } from './library/app.ts'
import { RecordedLines } from './recorded-lines.ts'

const assembly = synthesizeLibrary(newFolder())

const dataDirectory = newFolder()
const reader = { email: 'reader@example.com', password: 'Open-sesame-1' }
let lines = new RecordedLines()
let system: LocalSystem

const start = (over: { dataDirectory?: string; apiPort?: number; webPort?: number; awsPort?: number } = {}) =>
  startLocalSystem({ assembly, dataDirectory, onLine: (line) => lines.record(line), ...over })

beforeAll(async () => (system = await start()))

afterAll(() => system?.stop())

const administrator = () => ({
  endpoint: system.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
})

const output = (name: string) =>
  Object.values(system.outputs)
    .map((outputs) => outputs[name])
    .find((value) => value !== undefined) as string

async function signUp(): Promise<void> {
  const cognito = new CognitoIdentityProvider(administrator())
  await cognito.signUp({ ClientId: output('ReadingRoomId'), Username: reader.email, Password: reader.password })
  await cognito.adminConfirmSignUp({ UserPoolId: output('ReadersId'), Username: reader.email })
}

async function signIn(): Promise<string> {
  const { AuthenticationResult } = await new CognitoIdentityProvider(administrator()).initiateAuth({
    ClientId: output('ReadingRoomId'),
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: reader.email, PASSWORD: reader.password },
  })
  return AuthenticationResult!.AccessToken!
}

async function call(method: string, path: string, token?: string, body?: object, url = output('CounterUrl')) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: body && JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as any }
}

test('types that are not emulated are reported as limitations', () => {
  expect(system.limitations).toEqual([
    'AWS::Kinesis::Stream is not supported: library-shelves/Turnstile',
    'Not emulated: AWS::SNS::Topic: topics deliver no messages locally',
  ])
})

test('the outputs are written to a file in the format of `cdk deploy --outputs-file`', () => {
  expect(JSON.parse(readFileSync(join(dataDirectory, 'outputs.json'), 'utf8'))).toEqual(system.outputs)
  expect(system.outputs['Local']).toEqual({ AwsEndpoint: system.endpoint, MailboxUrl: system.mailboxUrl })
  expect(output('CounterUrl')).toBe(system.apiEndpoint)
})

test('a loan passes through table, stream, bus, rule and queue to the last function', async () => {
  await signUp()
  const token = await signIn()
  expect((await call('POST', '/loans', undefined, { loanId: '1', title: 'Emma' })).status).toBe(401)
  expect((await call('POST', '/loans', token, { loanId: '1', title: 'Emma' })).status).toBe(201)
  await lines.until(() => lines.functions().includes('library-desk-Remind'))
  expect((await call('GET', '/loans/1', token)).body.reminded).toBe(true)
  expect(lines.functions()).toEqual(['library-desk-Lend', 'library-desk-Announce', 'library-desk-Remind'])
  expect(lines.all.filter((line) => line.kind === 'denied')).toEqual([])
})

test('the distribution forwards requests to the stage of the API that its behavior names', async () => {
  expect(output('SiteUrl')).toBe(system.webUrl)
  const token = await signIn()
  expect((await call('POST', '/api/loans', undefined, {}, output('SiteUrl'))).status).toBe(401)
  const lent = await call('POST', '/api/loans', token, { loanId: '5', title: 'Middlemarch' }, output('SiteUrl'))
  expect(lent.status).toBe(201)
  expect((await call('GET', '/api/loans/5', token, undefined, output('SiteUrl'))).body.title).toBe('Middlemarch')
})

test('the distribution serves the deployed pages and their configuration, and the entry page for other paths', async () => {
  const page = await fetch(`${output('SiteUrl')}/shelves/7`)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html'])
  expect(await page.text()).toContain('<title>Library</title>')
  expect(page.headers.get('content-security-policy')).toBe(`default-src 'self'; img-src ${system.endpoint}`)
  const script = await fetch(`${output('SiteUrl')}/desk.js`)
  expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript'])
  const config = await fetch(`${output('SiteUrl')}/config.json`)
  expect(config.headers.get('cache-control')).toBe('no-cache')
  expect(await config.json()).toEqual({ readers: output('ReadingRoomId'), site: `${output('SiteUrl')}/` })
  expect((await fetch(`${output('SiteUrl')}/none.js`)).status).toBe(403)
})

test('a call that the role does not allow is denied and reported', async () => {
  const { status, body } = await call('POST', '/loans', await signIn(), { loanId: '2', title: 'a forbidden book' })
  expect(status).toBe(500)
  expect(body.error).toBe('AccessDeniedException')
  expect(lines.all).toContainEqual(
    expect.objectContaining({
      kind: 'denied',
      functionName: 'library-desk-Lend',
      action: 'dynamodb:PutItem',
      resource: expect.stringMatching(/:table\/library-shelves-Loans$/),
      why: expect.stringContaining('of statement 1 of own-rows'),
    }),
  )
})

test('a message that always fails is moved to the dead-letter queue and reported', async () => {
  await call('POST', '/loans', await signIn(), { loanId: '3', title: 'a failing book' })
  const line = await lines.until(() => lines.all.find((each) => each.kind === 'dead-letter'))
  expect(line).toMatchObject({ queueName: 'library-desk-LostSlips', messages: 1, deadLetterOf: ['library-desk-Slips'] })
  const { Messages } = await new SQS(administrator()).receiveMessage({
    QueueUrl: output('LostSlipsUrl'),
    VisibilityTimeout: 0,
  })
  expect(JSON.parse(Messages![0]!.Body!).detail).toEqual({ id: 'LOAN#3', title: 'a failing book' })
})

test('an alarm of the template is created, and its state changes are reported', async () => {
  const cloudwatch = new CloudWatch(administrator())
  const { MetricAlarms } = await cloudwatch.describeAlarms({})
  expect(MetricAlarms).toMatchObject([
    {
      AlarmName: 'library-lost-slips',
      Namespace: 'AWS/SQS',
      Dimensions: [{ Name: 'QueueName', Value: 'library-desk-LostSlips' }],
    },
  ])
  const drill = { AlarmName: 'library-lost-slips', StateValue: 'ALARM', StateReason: 'A drill' } as const
  await cloudwatch.setAlarmState(drill)
  const description = 'A slip could not be delivered'
  expect(lines.all).toContainEqual(
    expect.objectContaining({ kind: 'alarm', name: 'library-lost-slips', state: 'ALARM', description }),
  )
})

test('a data directory in use, a port in use and a folder without an assembly are rejected', async () => {
  await expect(start()).rejects.toMatchObject({ name: 'StartError', reason: 'data-in-use' })
  const elsewhere = newFolder()
  const port = Number(new URL(system.apiEndpoint).port)
  for (const ports of [['api'], ['web'], ['aws'], ['api', 'web', 'aws']]) {
    const inUse = Object.fromEntries(ports.map((name) => [`${name}Port`, port]))
    const second = start({ dataDirectory: join(elsewhere, 'data'), ...inUse })
    const message = expect.stringContaining(`Port ${port} for`)
    await expect(second).rejects.toMatchObject({ reason: 'ports', ports, message })
    expect(readdirSync(elsewhere)).toEqual([])
  }
  await expect(startLocalSystem({ assembly: elsewhere, dataDirectory: elsewhere })).rejects.toMatchObject({
    reason: 'no-assembly',
  })
})

test('state and pending work survive a restart', async () => {
  await system.stop()
  expect(existsSync(join(dataDirectory, 'outputs.json'))).toBe(false)
  await expect(fetch(system.apiEndpoint)).rejects.toThrow()
  lines = new RecordedLines()
  system = await start()
  expect((await call('GET', '/loans/1', await signIn())).body).toEqual({ title: 'Emma', reminded: true })
  expect(lines.all).toContainEqual(expect.objectContaining({ kind: 'dead-letter', messages: 1 }))
  await call('POST', '/loans', await signIn(), { loanId: '4', title: 'Persuasion' })
  await lines.until(() => lines.functions().includes('library-desk-Remind'))
  expect((await call('GET', '/loans/4', await signIn())).body.reminded).toBe(true)
})

test('with a seed, faults are announced and occur', async () => {
  const directory = newFolder()
  const announced = new RecordedLines()
  const unkind = await startLocalSystem({
    assembly,
    dataDirectory: directory,
    onLine: (line) => announced.record(line),
    chaosSeed: 7,
  })
  try {
    expect(announced.all).toContainEqual(
      expect.objectContaining({ kind: 'warning', text: expect.stringContaining('Chaos with seed 7: messages') }),
    )
    const client = new DynamoDB({ ...administrator(), endpoint: unkind.endpoint, maxAttempts: 1 })
    const { TableNames } = await client.listTables({})
    const scan = () => client.scan({ TableName: TableNames![0]! })
    const scans = await Promise.allSettled(Array.from({ length: 300 }, scan))
    const errors = scans.flatMap((result) => (result.status === 'rejected' ? [result.reason.name] : []))
    expect(new Set(errors)).toEqual(new Set(['ThrottlingException', 'ProvisionedThroughputExceededException']))
  } finally {
    await unkind.stop()
  }
})
