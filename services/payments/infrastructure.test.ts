import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installedServices } from '#infra/services.ts'
import { stageOf, type Stage } from '#infra/stages.ts'
import { build, readTemplates } from '#scripts/lib/templates.ts'
import { appOf } from '#test/infra/app-of.ts'

await build()

type Json = any

/** The resources of the payments stack in a stage with another provider, synthesized without the other optional services. */
function resourcesWith(payments: Stage['payments']): Json[] {
  const folder = mkdtempSync(join(tmpdir(), 'payments-'))
  const services = installedServices().filter(({ name, optional }) => name === 'payments' || !optional)
  try {
    appOf({ ...stageOf('dev'), payments }, services, folder).synth()
    return Object.values(readTemplates(folder).get(`${stageOf('dev').prefix}-payments`).Resources)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const stripe = resourcesWith({ provider: 'stripe', apiKeySecret: 'shop/stripe-key', webhookSecret: 'shop/stripe-hook' })
const ofType = (type: string) => stripe.filter(({ Type }) => Type === type).map(({ Properties }) => Properties)

test('with Stripe, the functions are those that contain its client', () => {
  const names = ofType('AWS::Lambda::Function').map(({ FunctionName }) =>
    FunctionName.slice(`${stageOf('dev').prefix}-payments-`.length),
  )
  expect(names.toSorted()).toEqual(['find-stuck-payments-stripe', 'receive-webhook-stripe', 'settle-orders-stripe'])
  const [route] = ofType('AWS::ApiGatewayV2::Route')
  expect(route.RouteKey).toBe('POST /webhooks/payments')
})

test('with Stripe, each function reads the secrets that it needs, and the table has no memory of a sandbox', () => {
  const policies = ofType('AWS::IAM::Policy')
  expect(JSON.stringify(policies)).not.toContain('SANDBOXCHARGE#')
  const secretsOf = (entry: string) =>
    policies
      .filter(({ PolicyName }) => PolicyName.startsWith(entry.replaceAll('-', '')))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Action }) => Action === 'secretsmanager:GetSecretValue')
      .flatMap(({ Resource }) => [...JSON.stringify(Resource).matchAll(/secret:([^"]+)/g)].map(([, name]) => name))
  expect(secretsOf('settle-orders-stripe')).toEqual(['shop/stripe-key-??????'])
  expect(secretsOf('find-stuck-payments-stripe')).toEqual(['shop/stripe-key-??????'])
  expect(secretsOf('receive-webhook-stripe').toSorted()).toEqual(['shop/stripe-hook-??????', 'shop/stripe-key-??????'])
  expect(ofType('AWS::SecretsManager::Secret')).toEqual([])
})
