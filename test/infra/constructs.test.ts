import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { HttpApi, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2'
import { TableV2, AttributeType } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { ApiRoutes } from '#infra/constructs/api-routes.ts'
import { ApiStage } from '#infra/constructs/api-stage.ts'
import { ServiceFunction } from '#infra/constructs/service-function.ts'
import { stageOf } from '#infra/stages.ts'
import { routes } from '#services/catalog/routes.ts'
import { run } from './synthesised.ts'

run(['scripts/commands/build.ts'], {})
const stage = stageOf('dev')
const stack = () => new Stack(new App(), 'shop')

const catalogFunction = (scope: Stack, entry: string) =>
  new ServiceFunction(scope, { stage, service: 'catalog', entry })

const api = (scope: Stack) => {
  const nobody = new HttpNoneAuthorizer()
  return { httpApi: new HttpApi(scope, 'own-api'), authorizers: { customer: nobody, staff: nobody } }
}

test('a function without an entry is told by name', () => {
  expect(() => catalogFunction(stack(), 'sell-product')).toThrow(
    'dist/catalog/sell-product is not built: is there a services/catalog/functions/sell-product.ts?',
  )
})

test('a function gets no access to items of another service', () => {
  const scope = stack()
  const resource = new TableV2(scope, 'table', { partitionKey: { name: 'PK', type: AttributeType.STRING } })
  const table = { resource, access: [{ actions: ['PutItem'], prefixes: ['STOCK#'] }] } as const
  expect(() => new ServiceFunction(scope, { stage, service: 'catalog', entry: 'get-product', table })).toThrow(
    'STOCK# is not a prefix of catalog: declare it in infra/grants.ts.',
  )
})

test('a route without its function, a function without a route and concurrency for neither do not pass', () => {
  const lacking = stack()
  const functions = [catalogFunction(lacking, 'list-products')]
  expect(() => new ApiRoutes(lacking, { stage, api: api(lacking), routes, functions })).toThrow(
    'GET /products/{productId} is answered by get-product, which no stack makes.',
  )
  const idle = stack()
  const all = [catalogFunction(idle, 'list-products'), catalogFunction(idle, 'get-product')]
  expect(() => new ApiRoutes(idle, { stage, api: api(idle), routes: routes.slice(0, 1), functions: all })).toThrow(
    'No route of catalog is answered by get-product.',
  )
  const misnamed = stack()
  const both = [catalogFunction(misnamed, 'list-products'), catalogFunction(misnamed, 'get-product')]
  const provisionedConcurrency = { 'sell-product': 5 }
  expect(
    () => new ApiRoutes(misnamed, { stage, api: api(misnamed), routes, functions: both, provisionedConcurrency }),
  ).toThrow('Concurrency is provisioned for sell-product, which answers no route here.')
})

describe('an API that was made elsewhere', () => {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } })
  const scope = new Stack(app, 'catalog')
  const operations = new Stack(app, 'operations')
  const httpApi = HttpApi.fromHttpApiAttributes(scope, 'api', { httpApiId: 'shop' })
  const functions = [catalogFunction(scope, 'list-products'), catalogFunction(scope, 'get-product')]
  const retired = routes.map((route) => (route.entry === 'get-product' ? { ...route, retired: true as const } : route))
  const served = retired.filter(({ entry }) => functions.some((handler) => handler.entry === entry))
  const apiRoutes = new ApiRoutes(scope, { stage, api: { ...api(scope), httpApi }, routes: served, functions })
  const apiStage = new ApiStage(operations, { stage, httpApi })
  const resources = (of: Construct, type: string) => Object.values(Template.fromStack(Stack.of(of)).findResources(type))
  // Outside of the tests, whose time is limited: a busy machine takes long for it.
  const deployed = resources(apiRoutes, 'AWS::ApiGatewayV2::Route')
  const [opened] = resources(apiStage, 'AWS::ApiGatewayV2::Stage')

  test('is opened after the stacks of its routes, whose names its stage gives', () => {
    expect(operations.dependencies).toEqual([scope])
  })

  test('serves a retired route, which its stage names no more', () => {
    expect(deployed.map(({ Properties }) => Properties.RouteKey).toSorted()).toEqual([
      'GET /products',
      'GET /products/{productId}',
    ])
    expect(Object.keys(opened!['Properties'].RouteSettings)).toEqual(['GET /products'])
  })
})
