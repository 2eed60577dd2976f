import { fixedCostsOf } from './fixed-costs.ts'

const resources = (...list: object[]) => ({
  Resources: Object.fromEntries(list.map((resource, index) => [`r${index}`, resource])),
})

test('an alarm on an expression is billed by the metrics in it', () => {
  const plain = { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } }
  const Metrics = [{ Expression: 'a/b' }, { MetricStat: {} }, { MetricStat: {} }]
  const template = resources(plain, { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics } })
  expect(fixedCostsOf([template]).alarmMetrics).toBe(3)
})

test('provisioned concurrency is billed by the memory of its function', () => {
  const handler = { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 2048 } }
  const alias = {
    Type: 'AWS::Lambda::Alias',
    Properties: { FunctionName: { Ref: 'r0' }, ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 3 } },
  }
  expect(fixedCostsOf([resources(handler, alias)]).provisionedGb).toBe(6)
})

test('polls are billed for queues, not for streams', () => {
  const queue = { Type: 'AWS::Lambda::EventSourceMapping', Properties: {} }
  const stream = { Type: 'AWS::Lambda::EventSourceMapping', Properties: { StartingPosition: 'LATEST' } }
  expect(fixedCostsOf([resources(queue, stream)]).polledQueues).toBe(1)
})

test.each([
  ['SES', { EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' } }, 1],
  ["Cognito's own sender", { EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' } }, 0],
  ['no configured sender', {}, 0],
])('a user pool with %s', (_, Properties, codes) => {
  expect(fixedCostsOf([resources({ Type: 'AWS::Cognito::UserPool', Properties })]).codesPerSignUp).toBe(codes)
})
