import { imports, importsOf, isTest, sources, type Import } from './sources.ts'

interface Rule {
  readonly name: string
  readonly from: RegExp
  /** Whether the import is forbidden. Tests beside the code are exempt. */
  readonly forbids: (to: string, from: string) => boolean
}

/** A service's stack belongs to the CDK app, although it is in the service's folder. */
const isStack = (path: string) => /^services\/[^/]+\/stack\.ts$/.test(path)
const isPackage = (to: string) => !/^(infra|services|shared|local|scripts|test|bench)\//.test(to)
const isAws = (to: string) => /^(@aws-sdk|@smithy|aws-cdk-lib|constructs|@aws-lambda-powertools)(\/|$)/.test(to)
const serviceOf = (path: string) => /^services\/([^/]+)\//.exec(path)?.[1]
const folderOf = (path: string) => /^services\/[^/]+\/([^/]+)\//.exec(path)?.[1] ?? ''

const rules: readonly Rule[] = [
  {
    name: 'domain is pure: it imports only zod, itself, the events of its service and the balance of a payment',
    from: /^services\/[^/]+\/domain\//,
    forbids: (to, from) =>
      isPackage(to)
        ? to !== 'zod'
        : serviceOf(to) === serviceOf(from)
          ? folderOf(to) !== 'domain' && !/\/(events|payments\/balance)\.ts$/.test(to)
          : /^shared\/(http|lambda|dynamodb)\//.test(to),
  },
  {
    name: 'the calculation of totals, which other services import, and the balance of a payment are as pure as a domain',
    from: /^services\/(pricing\/(totals|countries)|payments\/balance)\.ts$/,
    forbids: (to) =>
      isPackage(to)
        ? to !== 'zod'
        : to.startsWith('services/')
          ? !/^services\/([^/]+\/events|pricing\/countries)\.ts$/.test(to)
          : /^shared\/(http|lambda|dynamodb)\//.test(to),
  },
  // Other services import the keys, and would import the domain with them. The catalog's keys are the exception: the form of a
  // product's id is a rule of its domain.
  {
    name: 'keys, and the balance of a payment, import no domain',
    from: /^services\/(?!catalog\/)[^/]+\/(keys|balance)\.ts$/,
    forbids: (to) => folderOf(to) !== '',
  },
  {
    name: 'use cases import no adapters, handlers and functions, and neither AWS nor HTTP',
    from: /^services\/[^/]+\/use-cases\//,
    forbids: (to) =>
      isAws(to) ||
      ['adapters', 'handlers', 'functions'].includes(folderOf(to)) ||
      /^shared\/(dynamodb|http)\//.test(to),
  },
  {
    name: 'ports import no adapters',
    from: /^services\/[^/]+\/ports\.ts$/,
    forbids: (to) => isAws(to) || ['adapters', 'handlers', 'functions'].includes(folderOf(to)),
  },
  {
    name: 'adapters import no handlers and no functions',
    from: /^services\/[^/]+\/adapters\//,
    forbids: (to) => ['handlers', 'functions'].includes(folderOf(to)),
  },
  {
    name: 'handlers import no adapters, which are injected',
    from: /^services\/[^/]+\/handlers\//,
    forbids: (to) => to.startsWith('@aws-sdk/') || ['adapters', 'functions'].includes(folderOf(to)),
  },
  {
    name: 'code outside of tests and benchmarks imports no test code',
    from: /^(?!(test|bench)\/)/,
    forbids: (to) => to.startsWith('test/') || isTest(to),
  },
  {
    name: 'nothing imports an entry',
    from: /./,
    forbids: (to) => folderOf(to) === 'functions',
  },
  // Orders, quotes, carts and refunds must calculate alike, and a request between services for that would make all of
  // them depend on pricing being available: the calculation is pure, so it is shared as code, with the read of its
  // prices, the rate limit of discount codes and the problems of its failures.
  {
    name: 'a service imports only the events and keys of another service, and the calculation of totals',
    from: /^services\//,
    forbids: (to, from) =>
      serviceOf(to) !== undefined &&
      serviceOf(to) !== serviceOf(from) &&
      !/^services\/([^/]+\/(events|keys)|pricing\/(totals|countries|problems|price-table|code-rate-table))\.ts$/.test(
        to,
      ),
  },
  {
    name: 'services and shared import nothing that deploys or runs them',
    from: /^(services|shared)\//,
    forbids: (to, from) =>
      !isStack(from) &&
      (/^(infra|local|scripts|bench)\//.test(to) || /^(aws-cdk-lib|@cartwheel\/local)(\/|$)/.test(to)),
  },
  {
    name: 'shared imports no service',
    from: /^shared\//,
    forbids: (to) => to.startsWith('services/'),
  },
  {
    name: 'infra and the stacks of services import only events, keys, routes and the table of notices from services',
    from: /^(infra\/|services\/[^/]+\/stack\.ts$)/,
    forbids: (to) =>
      /^(local|scripts|bench)\//.test(to) ||
      (to.startsWith('services/') && !/\/(events|keys|routes|notices)\.ts$/.test(to) && !isStack(to)),
  },
  {
    name: 'only the list of services imports a stack of a service',
    from: /^(?!infra\/services\.ts$)/,
    forbids: (to) => isStack(to),
  },
]

const violations = (rule: Rule, candidates: readonly Import[]) =>
  candidates
    .filter(({ from, to }) => rule.from.test(from) && !isTest(from) && rule.forbids(to, from))
    .map(({ from, to }) => `${from} → ${to}`)

test.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
  expect(sources.some((source) => rule.from.test(source))).toBe(true)
  expect(violations(rule, imports)).toEqual([])
})

test('the local system, including its tests, imports nothing from the app', () => {
  const foreign = imports.filter(
    ({ from, to }) =>
      from.startsWith('local/') &&
      (/^(services|infra|shared|scripts|test|bench)\//.test(to) || /cartwheel(?!\/local)/.test(to)),
  )
  expect(foreign).toEqual([])
})

test('the app uses only the public entry points of the local system', () => {
  const deep = imports.filter(
    ({ from, to }) => !from.startsWith('local/') && /^(@cartwheel\/local\/.*\.ts$|local\/)/.test(to),
  )
  expect(deep.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
})

describe('the rules find', () => {
  test.each([
    ['services/orders/domain/order.ts', `import { readFileSync } from 'node:fs'`],
    ['services/orders/domain/order.ts', `import { table } from '../adapters/order-table.ts'`],
    ['services/orders/domain/order.ts', `import { problem } from '#shared/http/problem.ts'`],
    ['services/orders/use-cases/place-order.ts', `import { GetCommand } from '@aws-sdk/lib-dynamodb'`],
    ['services/orders/use-cases/place-order.ts', `import type { Table }\n  from '../adapters/order-table.ts'`],
    ['services/orders/ports.ts', `export type { Table } from './adapters/order-table.ts'`],
    ['services/orders/adapters/order-table.ts', `import { h } from '../handlers/get-order.ts'`],
    ['services/orders/handlers/get-order.ts', `import { orderTable } from '../adapters/order-table.ts'`],
    ['services/orders/handlers/get-order.ts', `import { Stock } from '#services/inventory/domain/stock.ts'`],
    ['services/orders/handlers/get-order.ts', `await import('#infra/stages.ts')`],
    ['services/orders/handlers/get-order.ts', `import { h } from '#services/pricing/ports.ts'`],
    ['services/payments/keys.ts', `import { Captured } from './domain/payment.ts'`],
    ['services/payments/balance.ts', `import { GetCommand } from '@aws-sdk/lib-dynamodb'`],
    ['services/pricing/totals.ts', `import { PutCommand } from '@aws-sdk/lib-dynamodb'`],
    ['scripts/commands/test.ts', `import { startTarget } from '#test/deploy/target.ts'`],
    ['services/orders/handlers/get-order.ts', `import { order } from '../domain/order.fixture.ts'`],
    ['shared/ids.ts', `import { OrderPlaced } from '#services/orders/events.ts'`],
    ['services/orders/stack.ts', `import { Order } from './domain/order.ts'`],
    ['services/orders/functions/get-order.ts', `import { OrdersStack } from '../stack.ts'`],
    [
      'test/e2e/order.test.ts'.replace('.test', ''),
      `import { handler } from '#services/orders/functions/get-order.ts'`,
    ],
  ])('%s: %s', (from, text) => {
    expect(rules.flatMap((rule) => violations(rule, importsOf(from, text)))).not.toEqual([])
  })
})
