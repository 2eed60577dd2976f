import { Bakery } from './testing.ts'

let bakery: Bakery
beforeEach(() => (bakery = new Bakery()))
afterEach(() => bakery.stop())

test.each([
  [{ Runtime: 'python3.13' }, /has the runtime python3.13; only nodejs runtimes are emulated/],
  [{ Code: { ZipFile: 'exports.handler = 1' } }, /has no code asset/],
  [{ Code: { S3Bucket: 'assets', S3Key: 'zipped' } }, /has a zip file as its code/],
  [{ Code: { S3Bucket: 'assets', S3Key: 'absent' } }, /which is not an asset of the assembly/],
  [{ Timeout: 901 }, /has Timeout 901; it must be a whole number from 1 to 900/],
  [{ MemorySize: 64 }, /has MemorySize 64/],
  [{ ReservedConcurrentExecutions: 0 }, /has ReservedConcurrentExecutions 0/],
  [{ Environment: { Variables: { AWS_REGION: 'x' } } }, /variables that Lambda reserves: AWS_REGION/],
  [{ Environment: { Variables: { BIG: 'x'.repeat(4096) } } }, /more than 4 KB/],
  [{ Role: undefined }, /has no Role/],
])('a function with %j is rejected', async (properties, message) => {
  await expect(bakery.deploy(properties)).rejects.toThrow(message)
})

test('a function without a name gets the generated name', async () => {
  expect(await bakery.deploy({ FunctionName: undefined })).toBe(
    'arn:aws:lambda:us-east-1:000000000000:function:bakery-Thing',
  )
})

test('a version and an alias invoke the function', async () => {
  const arn = await bakery.deploy()
  const version = await bakery.create('AWS::Lambda::Version', { FunctionName: arn })
  const alias = await bakery.create('AWS::Lambda::Alias', { FunctionName: arn, Name: 'live', FunctionVersion: '1' })
  expect(version).toEqual({ ref: `${arn}:1`, attributes: { FunctionArn: `${arn}:1`, Version: '1' } })
  expect(alias).toEqual({ ref: `${arn}:live`, attributes: { AliasArn: `${arn}:live` }, uniqueName: `${arn}:live` })
  for (const name of [version.ref, alias.ref]) {
    const { payload } = await bakery.lambda.invoke(name, { behavior: 'echo' }, { kind: 'administrator' })
    expect(payload).toEqual({ behavior: 'echo' })
  }
})
