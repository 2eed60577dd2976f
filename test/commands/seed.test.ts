import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '#test/support/new-folder.ts'

let folder: string
beforeEach(() => (folder = newFolder()))

interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command as npm does, with an empty data folder and without AWS credentials. */
const run = (...args: string[]) =>
  new Promise<Run>((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: folder, CARTWHEEL_DATA: folder, AWS_EC2_METADATA_DISABLED: 'true' }
    execFile(
      process.execPath,
      [join(import.meta.dirname, '../../scripts/commands/seed.ts'), ...args],
      { env },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

const outputsFile = (outputs: Record<string, string>): string => {
  const file = join(folder, 'some-outputs.json')
  writeFileSync(file, JSON.stringify({ 'shop-data': { TableName: 'shop-table' }, 'shop-rest': outputs }))
  return file
}

const ofAws = {
  ApiUrl: 'https://api.example.com',
  UserPoolId: 'eu-west-1_pool',
  UserPoolClientId: 'client',
  EventBusName: 'bus',
}

test('--help lists the options', async () => {
  const { code, out } = await run('--help')
  expect(code).toBe(0)
  expect(out).toContain('--outputs <file>')
  expect(out).toContain('--yes')
})

test('an unknown flag is reported in one line, exit 2', async () => {
  const { code, err } = await run('--outptus', 'x.json')
  expect(code).toBe(2)
  expect(err).toMatch(/^Unknown option '--outptus'.*\n$/)
})

test('without a running system or an outputs file, it prints how to fix it', async () => {
  const { code, err } = await run()
  expect(code).toBe(1)
  expect(err).toContain(join(folder, 'outputs.json'))
  expect(err).toContain('--outputs')
})

test('a file that is not JSON, or belongs to another app, is reported by name', async () => {
  const file = outputsFile({})
  expect(await run('--outputs', file)).toMatchObject({ code: 1, err: expect.stringContaining('has no output ApiUrl') })
  writeFileSync(file, 'TableName: shop-table')
  expect(await run('--outputs', file)).toMatchObject({ code: 1, err: expect.stringContaining('is not a JSON file') })
})

test('a table in AWS is not written to without --yes', async () => {
  const { code, err } = await run('--outputs', outputsFile(ofAws))
  expect(code).toBe(2)
  expect(err).toContain('shop-table in AWS (eu-west-1)')
  expect(err).toContain('--yes')
})

test('a local system that does not respond is reported in one line', async () => {
  const { code, err } = await run('--outputs', outputsFile({ ...ofAws, AwsEndpoint: 'http://127.0.0.1:1' }))
  expect(code).toBe(1)
  expect(err).toMatch(/^The system does not respond.*\n$/)
})
