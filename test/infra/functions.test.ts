import { globSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isDeploymentOfWeb, labelled, root, synthesize } from './synthesized.ts'
import { applicationId, metricsNamespace } from '#shared/application.ts'

const dev = await synthesize()
const functions = dev.ofType('AWS::Lambda::Function').filter((each) => !isDeploymentOfWeb(each))

test('every entry of every service is deployed exactly once, except those of another payment provider', () => {
  const entries = globSync('services/*/functions/*.ts', { cwd: root })
    .filter((file) => !/\.test\.ts$|-stripe\.ts$/.test(file))
    .map((file) => `${applicationId}-dev-${basename(dirname(dirname(file)))}-${basename(file, '.ts')}`)
  expect(functions.map(({ properties }) => properties.FunctionName).toSorted()).toEqual(entries.toSorted())
})

describe.each(labelled(functions))('%s', (_label, resource) => {
  const { properties } = resource

  test('runs on Node 24 and arm64, with explicit memory and timeout', () => {
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' })
    expect(properties.MemorySize).toBeGreaterThanOrEqual(512)
    expect(properties.Timeout).toBeGreaterThanOrEqual(5)
    const isSweep = properties.FunctionName.endsWith('-find-waiting-orders')
    expect(properties.Timeout).toBeLessThanOrEqual(isSweep ? 300 : 30)
  })

  test('logs to its own group, and of its own lines only those of failed invocations', () => {
    expect(properties.LoggingConfig).toMatchObject({ LogFormat: 'JSON', SystemLogLevel: 'WARN' })
    const group = dev.referred(resource, properties.LoggingConfig?.LogGroup)
    expect(group?.properties.LogGroupName).toBe(`/aws/lambda/${properties.FunctionName}`)
  })

  test('has the service name of Powertools', () => {
    expect(properties.Environment.Variables).toMatchObject({
      POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
      STAGE: 'dev',
    })
    const service = properties.Environment.Variables.POWERTOOLS_SERVICE_NAME
    expect(properties.FunctionName).toMatch(new RegExp(`^${applicationId}-dev-${service}-`))
  })

  test('has its own role without managed policies', () => {
    const role = dev.referred(resource, properties.Role)!
    expect(role.properties.ManagedPolicyArns).toBeUndefined()
    const sharers = functions.filter((other) => dev.referred(other, other.properties.Role) === role)
    expect(sharers).toHaveLength(1)
  })
})
