import { installedServices, services } from '#infra/services.ts'
import { stageOf } from '#infra/stages.ts'
import { readTemplates, templatesOf } from '#scripts/lib/templates.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { appOf } from '../infra/app-of.ts'

const stage = stageOf('dev')
const optional = services.filter((service) => service.optional).map(({ name }) => name)

// Builds the functions if necessary.
const complete = await templatesOf('dev')

type Json = any

/** The templates of the app without a service, in this process. */
function templatesWithout(name: string): ReadonlyMap<string, Json> {
  const folder = newFolder()
  appOf(stage, installedServices(name), folder).synth()
  return readTemplates(folder)
}

const resourcesOf = (templates: ReadonlyMap<string, Json>, type: string): Json[] =>
  [...templates.values()].flatMap(({ Resources }) =>
    Object.values<Json>(Resources)
      .filter((resource) => resource.Type === type)
      .map(({ Properties }) => Properties),
  )

const importsOf = (template: Json): string[] =>
  [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name!)

const exportsOf = (templates: ReadonlyMap<string, Json>): string[] =>
  [...templates.values()].flatMap(({ Outputs = {} }) =>
    Object.values<Json>(Outputs).flatMap(({ Export }) => Export?.Name ?? []),
  )

describe.each(optional)('without %s', (name) => {
  const templates = templatesWithout(name)
  const text = JSON.stringify([...templates.values()])
  const publishers = installedServices(name).flatMap(({ events }) =>
    Object.values(events).flatMap(({ source }: { source?: string }) => source ?? []),
  )

  test('only its stack is omitted', () => {
    const own = `${stage.prefix}-${name}`
    expect([...templates.keys()].toSorted()).toEqual([...complete.keys()].filter((stack) => stack !== own).toSorted())
  })

  test('what its deployed stack imports is still exported: CloudFormation deletes no export in use', () => {
    const imported = importsOf(complete.get(`${stage.prefix}-${name}`))
    expect(imported).not.toEqual([])
    expect(exportsOf(templates)).toEqual(expect.arrayContaining(imported))
  })

  test('no resource refers to its functions, queues, alarms and exports', () => {
    expect(text).not.toContain(`${stage.prefix}-${name}`)
  })

  test('every rule on the bus matches events of an installed service', () => {
    const patterns = resourcesOf(templates, 'AWS::Events::Rule').filter(({ EventBusName }) => EventBusName)
    for (const { EventPattern } of patterns) expect(publishers).toEqual(expect.arrayContaining(EventPattern.source))
  })

  test('the dashboard shows existing functions, queues and alarms only', () => {
    const [{ DashboardBody }] = resourcesOf(templates, 'AWS::CloudWatch::Dashboard')
    const shown = JSON.stringify(DashboardBody).matchAll(new RegExp(`${stage.prefix}-[a-z-]+[a-z]`, 'g'))
    const others = text.replace(JSON.stringify(JSON.stringify(DashboardBody)).slice(1, -1), '')
    for (const [resource] of shown) expect(others).toContain(resource)
  })

  test('the API’s stages have settings for deployed routes only', () => {
    const deployed = resourcesOf(templates, 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey)
    for (const { RouteSettings } of resourcesOf(templates, 'AWS::ApiGatewayV2::Stage')) {
      expect(deployed).toEqual(expect.arrayContaining(Object.keys(RouteSettings)))
    }
  })
})

test('without inventory orders end as PLACED: no order is checked, and no alarm for stuck orders exists', () => {
  const templates = templatesWithout('inventory')
  const functions = resourcesOf(templates, 'AWS::Lambda::Function').map(({ FunctionName }) => FunctionName)
  expect(functions).not.toContain(`${stage.prefix}-orders-find-stuck-orders`)
  const alarms = resourcesOf(templates, 'AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName)
  expect(alarms).not.toContain(`${stage.prefix}-orders-stuck`)
})

test.each([
  ['orders', 'orders cannot be left out. The optional services are '],
  ['nothing', 'nothing cannot be left out. The optional services are '],
])('excluding %s is an error that lists the optional services', (name, message) => {
  expect(() => installedServices(name)).toThrow(`${message}${optional.join(', ')}.`)
})
