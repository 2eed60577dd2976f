import { importedNames } from './bundled-sdk.ts'

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
