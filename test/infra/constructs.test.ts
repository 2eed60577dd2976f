import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { HttpApi, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2'
import type { Construct } from 'constructs'
import { ApiRoutes } from '#infra/constructs/api-routes.ts'
import { ApiStages } from '#infra/constructs/api-stages.ts'
import { ServiceFunction } from '#infra/constructs/service-function.ts'
import { StageBudget } from '#infra/constructs/stage-budget.ts'
import { StageStack } from '#infra/constructs/stage-stack.ts'
import { services } from '#infra/services.ts'
import { stageOf } from '#infra/stages.ts'
import { build } from '#scripts/lib/templates.ts'
import { getProduct, listProducts } from '#services/catalog/routes.ts'
import { appOf } from './app-of.ts'

const routes = [listProducts, getProduct]

await build()
const stage = stageOf('dev')
const stack = () => new StageStack(new App({ builtinCloudFormationValidation: false }), 'shop', stage)

const catalogFunction = (scope: Stack, entry: string) => new ServiceFunction(scope, { service: 'catalog', entry })

const api = (scope: Stack) => {
  const none = new HttpNoneAuthorizer()
  return { httpApi: new HttpApi(scope, 'own-api'), authorizers: { customer: none, staff: none } }
}

test('a function without an entry file is reported by name', () => {
  expect(() => catalogFunction(stack(), 'sell-product')).toThrow(
    'dist/catalog/sell-product is not built: is there a services/catalog/functions/sell-product.ts?',
  )
})

test('a budget with another subscriber has another name, and one with another amount has not', () => {
  const nameOf = (monthlyUsd: number, email: string) => {
    const budget = new StageBudget(stack(), stage, { monthlyUsd, email })
    const template = Template.fromStack(Stack.of(budget))
    const [resource] = Object.values(template.findResources('AWS::Budgets::Budget'))
    return JSON.stringify(resource!['Properties'].Budget.BudgetName)
  }
  const name = nameOf(30, 'ada@example.com')
  expect(nameOf(40, 'ada@example.com')).toBe(name)
  expect(nameOf(30, 'bob@example.com')).not.toBe(name)
})

test('a construct outside of a stage stack is rejected', () => {
  expect(() => catalogFunction(new Stack(new App(), 'other'), 'get-product')).toThrow(
    'other is not the stack of a stage.',
  )
})

test('a function has no access to items of another service, unless grants.ts declares it', () => {
  const withForeignPrefix = services.map((service) =>
    service.name === 'inventory' ? { ...service, prefixes: ['STOCK#'] as const } : service,
  )
  expect(() => appOf(stage, withForeignPrefix)).toThrow(
    'IDEMPOTENCY#adjustStock# is not a prefix of inventory: declare it in infra/grants.ts.',
  )
})

test('a route without a function, a function without a route and concurrency for an unused function are rejected', () => {
  const incomplete = stack()
  const functions = [catalogFunction(incomplete, 'list-products')]
  expect(() => new ApiRoutes(incomplete, { api: api(incomplete), routes, functions })).toThrow(
    'GET /products/{productId} needs the function get-product, which is missing.',
  )
  const idle = stack()
  const all = [catalogFunction(idle, 'list-products'), catalogFunction(idle, 'get-product')]
  expect(() => new ApiRoutes(idle, { api: api(idle), routes: routes.slice(0, 1), functions: all })).toThrow(
    'No route of catalog invokes get-product.',
  )
  const misnamed = stack()
  const both = [catalogFunction(misnamed, 'list-products'), catalogFunction(misnamed, 'get-product')]
  const provisionedConcurrency = { 'sell-product': 5 }
  expect(
    () => new ApiRoutes(misnamed, { api: api(misnamed), routes, functions: both, provisionedConcurrency }),
  ).toThrow('Concurrency is provisioned for sell-product, which no route here invokes.')
})

test('a route whose requests lose their token or headers on the way through the distribution is rejected', () => {
  const own = stack()
  const functions = [catalogFunction(own, 'get-product')]
  const ofCustomers = { ...getProduct, path: '/products/{productId}/reviews', access: 'customer' } as const
  expect(() => new ApiRoutes(own, { api: api(own), routes: [ofCustomers], functions })).toThrow(
    'GET /products/{productId}/reviews needs a token or headers, which the distribution does not forward below /products: choose another path.',
  )
})

describe('the stages of an API', () => {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true }, builtinCloudFormationValidation: false })
  const catalog = new StageStack(app, 'catalog', stage)
  const operations = new StageStack(app, 'operations', stage)
  const httpApi = HttpApi.fromHttpApiAttributes(catalog, 'api', { httpApiId: 'shop' })
  const functions = [catalogFunction(catalog, 'list-products'), catalogFunction(catalog, 'get-product')]
  const retired = routes.map((route) => (route.entry === 'get-product' ? { ...route, retired: true as const } : route))
  const served = retired.filter(({ entry }) => functions.some((handler) => handler.entry === entry))
  const apiRoutes = new ApiRoutes(catalog, { api: { ...api(catalog), httpApi }, routes: served, functions })
  const apiStages = new ApiStages(operations, { httpApi, stacks: [catalog] })
  const resources = (of: Construct, type: string) => Object.values(Template.fromStack(Stack.of(of)).findResources(type))
  // Outside of the tests, which have a timeout: it is slow on a busy machine.
  const deployedRoutes = resources(apiRoutes, 'AWS::ApiGatewayV2::Route')
  const deployedStages = resources(apiStages, 'AWS::ApiGatewayV2::Stage')

  test('are deployed after the stacks of its routes', () => {
    expect(operations.dependencies).toEqual([catalog])
  })

  test('have no settings for a deprecated route, which is still deployed', () => {
    expect(deployedRoutes.map(({ Properties }) => Properties.RouteKey).toSorted()).toEqual([
      'GET /products',
      'GET /products/{productId}',
    ])
    const settings = deployedStages.map(({ Properties }) => Object.keys(Properties.RouteSettings))
    expect(settings).toEqual([['GET /products'], ['GET /products']])
  })
})
