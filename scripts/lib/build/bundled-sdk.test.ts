import { join } from 'node:path'
import { build } from 'esbuild'
import { bundledSdk, importedNames } from './bundled-sdk.ts'

test('the values that sources import of the SDK are found, by package', () => {
  const names = importedNames([
    `import { type GetCommandInput, GetCommand, QueryCommand as Query } from '@aws-sdk/lib-dynamodb'
import { Metrics } from '@aws-lambda-powertools/metrics'
import type { S3Client } from '@aws-sdk/client-s3'
import { readFile } from 'node:fs/promises'
`,
    `import {
  PutCommand,
  GetCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
`,
  ])
  expect([...names].map(([path, values]) => [path, [...values]])).toEqual([
    ['@aws-sdk/lib-dynamodb', ['GetCommand', 'QueryCommand', 'PutCommand']],
    ['@aws-lambda-powertools/metrics', ['Metrics']],
  ])
})

test.each([
  ['of a whole package', `import * as sqs from '@aws-sdk/client-sqs'\nexport const client = new sqs.SQSClient()`],
  ['on demand', `export const load = async () => (await import('@aws-lambda-powertools/metrics')).Absent`],
])('an import %s fails the build, with the form that is bundled', async (_, contents) => {
  const options = {
    absWorkingDir: join(import.meta.dirname, '../../..'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'silent',
  } as const
  const plugins = [await bundledSdk(['shared/lambda/telemetry.ts'], options)]
  const building = build({ ...options, stdin: { contents, resolveDir: import.meta.dirname }, plugins })
  await expect(building).rejects.toThrow(/Write import { … } from '@aws-\S+' in services\/ or shared\//)
})
