import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '#test/support/new-folder.ts'
import { runScript } from './command.ts'

let folder: string
beforeEach(() => (folder = newFolder()))

/** With an empty data folder. */
const seed = (...args: string[]) => runScript('seed', args, { CARTWHEEL_DATA: folder })

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

test.each<[string, () => string[], number, RegExp]>([
  [
    'without a running system or an outputs file, how to fix it is printed',
    () => [],
    1,
    /\/outputs\.json does not exist\. .*--outputs/,
  ],
  ['the file of another app is reported', () => ['--outputs', outputsFile({})], 1, /has no output ApiUrl/],
  [
    'a table in AWS is not written to without --yes',
    () => ['--outputs', outputsFile(ofAws)],
    2,
    /shop-table in AWS \(eu-west-1\)\. Add --yes/,
  ],
  [
    'a local system that does not respond is reported',
    () => ['--outputs', outputsFile({ ...ofAws, AwsEndpoint: 'http://127.0.0.1:1' })],
    1,
    /^The system does not respond/,
  ],
])('%s, in one line', async (_name, args, code, message) => {
  expect(await seed(...args())).toEqual({ code, lines: [expect.stringMatching(message)] })
})

test('a file that is not JSON is reported by name', async () => {
  const file = outputsFile({})
  writeFileSync(file, 'TableName: shop-table')
  expect(await seed('--outputs', file)).toEqual({
    code: 1,
    lines: [expect.stringContaining(`${file} is not a JSON file`)],
  })
})
