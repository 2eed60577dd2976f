import { stageOf } from '#infra/stages.ts'
import { build } from '#scripts/lib/templates.ts'
import { appOf } from './app-of.ts'
import { applicationId } from '#shared/application.ts'

await build()

const prod = stageOf('prod')
const streamArn = 'arn:aws:dynamodb:us-east-1:111122223333:table/shop-restored/stream/2026-05-01T10:00:00.000'
const templatesOf = (stage: typeof prod) =>
  Object.fromEntries(
    appOf(stage)
      .synth()
      .stacks.map(({ stackName, template }) => [stackName, template]),
  )
const before = templatesOf(prod)
const after = templatesOf({ ...prod, restoredTable: { tableName: 'shop-restored', streamArn } })

const ofType = (type: string) =>
  Object.values<any>(after).flatMap(({ Resources }) =>
    Object.values<any>(Resources).filter((resource) => resource.Type === type),
  )
const dataOf = (templates: typeof before) => templates[`${applicationId}-prod-data`]

test('all functions use the restored table and have the permissions', () => {
  const names = ofType('AWS::Lambda::Function').flatMap(
    ({ Properties }) => Properties.Environment.Variables.TABLE_NAME ?? [],
  )
  expect(new Set(names)).toEqual(new Set(['shop-restored']))
  const statements = ofType('AWS::IAM::Policy').flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
  const ofTable = statements.filter(({ Action }) => [Action].flat().some((action) => /^dynamodb:.*Item/.test(action)))
  expect(ofTable).not.toEqual([])
  for (const { Resource } of ofTable) expect(JSON.stringify(Resource)).toMatch(/table\/shop-restored"/)
})

test('the relay reads the restored stream from its beginning', () => {
  const mappings = ofType('AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties)
  expect(mappings.filter(({ StartingPosition }) => StartingPosition === 'TRIM_HORIZON')).toMatchObject([
    { EventSourceArn: streamArn },
  ])
})

test('the old table is retained, with the exports that other stacks still import', () => {
  const tables = ofType('AWS::DynamoDB::GlobalTable')
  expect(tables).toHaveLength(1)
  expect(tables[0].DeletionPolicy).toBe('Retain')
  const exportsOf = (templates: typeof before) =>
    Object.values<any>(dataOf(templates).Outputs).flatMap(({ Export }) => Export?.Name ?? [])
  expect(exportsOf(after)).toEqual(expect.arrayContaining(exportsOf(before)))
  expect(dataOf(after).Outputs.TableName.Value).toBe('shop-restored')
})
