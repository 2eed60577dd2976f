import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import type { IConstruct } from 'constructs'
import { stageNames, stageOf } from '#infra/stages.ts'
import { build } from '#scripts/lib/templates.ts'
import { appOf, contextOfApp } from './app-of.ts'
import { applicationId } from '#shared/application.ts'

await build()

const acceptedOf = (construct: IConstruct) =>
  construct.node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries<string>(data).map(([id, reason]) => ({ id, reason, construct })))

test('an unacknowledged finding fails the synthesis', () => {
  const app = appOf(stageOf('dev'))
  const open = new Bucket(app.node.findChild(`${applicationId}-dev-data`), 'open')
  let report = ''
  try {
    app.synth()
  } catch (error) {
    report = String(error)
  }
  const places = report.split('\n').filter((line) => line.startsWith(`   ${applicationId}-`))
  expect(new Set(places.map((line) => line.trim().split(' ')[0]))).toEqual(new Set([`${open.node.path}/Resource`]))
})

test("a resource against CloudFormation's rules fails the synthesis", () => {
  const app = new App({ context: contextOfApp() })
  const orders = new CfnResource(new Stack(app, 'shop'), 'orders', { type: 'AWS::SQS::Queue' })
  orders.addPropertyOverride('DelaySeconds', 1000)
  expect(() => app.synth()).toThrow('DelaySeconds')
})

test.each(stageNames)('every acknowledged finding of %s has a reason, at its resource', (stage) => {
  const accepted = appOf(stageOf(stage)).node.findAll().flatMap(acceptedOf)
  expect(accepted).not.toEqual([])
  for (const { id, reason, construct } of accepted) {
    expect(id).toMatch(/AwsSolutions-[A-Z]+\d+/)
    expect(reason).toMatch(/^[A-Z].{30,}\.$/)
    expect(Stack.isStack(construct) || App.isApp(construct)).toBe(false)
  }
})
