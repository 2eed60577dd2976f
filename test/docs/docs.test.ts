import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { opsCommands } from '#scripts/commands/ops.ts'
import type { EventDefinition } from '#shared/events/envelope.ts'
import type { Route } from '#shared/http/route.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(root, file)))

describe.each(documents)('%s', (file) => {
  const text = read(file)

  const links = [...text.matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g)].map(([, target, image]) => (target ?? image)!)
  const local = links.filter((target) => !/^[a-z]+:/.test(target))

  test('every relative link points to an existing file', () => {
    const files = local.map((target) => target.split('#')[0]!)
    expect(files.filter((path) => !existsSync(resolve(root, dirname(file), path)))).toEqual([])
  })

  test('every #anchor of a relative link is a heading of its page', () => {
    const broken = local.filter((target) => {
      const [path, anchor] = target.split('#') as [string, string?]
      const page = path === '' ? file : join(dirname(file), path)
      return (
        anchor !== undefined && page.endsWith('.md') && existsSync(join(root, page)) && !anchorsOf(page).has(anchor)
      )
    })
    expect(broken).toEqual([])
  })

  test('every npm command is a script of the package', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const named = [...text.matchAll(/\bnpm run ([a-z][a-z0-9:-]*)/g)].map(([, name]) => name!)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})

/** The anchors that GitHub generates for the headings of a page. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [
    ...read(page)
      .replaceAll(/^```[^]*?^```/gm, '')
      .matchAll(/^#{1,6} (.+)$/gm),
  ]
  return new Set(headings.map(([, heading]) => anchorOf(heading!)))
}

const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')

const optionsByPath = new Map(opsCommands().map(({ path, options }) => [path, options]))

test.each(documents)('%s names existing ops commands and options', (file) => {
  const named = [...read(file).matchAll(/\bnpm run ops -- ((?:dlq )?[a-z]+)([^`\n]*)/g)]
  const unknown = named.flatMap(([, path, rest]) => {
    const options = optionsByPath.get(path!)
    if (!options) return [path]
    return [...rest!.matchAll(/--[a-z-]+/g)].map(([option]) => option).filter((option) => !options.includes(option))
  })
  expect(unknown).toEqual([])
})

test('README.md shows the output of a successful demo', () => {
  const [, block = ''] = /<!-- demo output -->\n+```\n([^]*?)```/.exec(read('README.md')) ?? []
  for (const part of [
    'image of',
    'is DELIVERED',
    'is REJECTED',
    'is PAYMENT_FAILED',
    'is CANCELLED',
    'is REFUNDED',
    'OrderPlaced',
  ])
    expect(block).toContain(part)
  const [, success] = /const success = '(.+)'/.exec(read('scripts/commands/demo.ts'))!
  expect(block.trim().split('\n').at(-1)).toBe(success)
})

const services = globSync('services/*/README.md', { cwd: root }).map((file) => dirname(file))

describe.each(services)('%s/README.md', (service) => {
  const text = read(`${service}/README.md`)

  test('names every route of the service, and only existing routes', async () => {
    const own = await routesOf(service)
    const all = (await Promise.all(services.map(routesOf))).flat()
    const name = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`
    expect(own.map(name).filter((route) => !text.includes(route))).toEqual([])
    const named = [...text.matchAll(/\b(GET|POST|PUT|PATCH|DELETE) (\/[\w/{}.-]*[\w}])/g)].map(([route]) => route)
    expect(named.filter((route) => !all.map(name).includes(route))).toEqual([])
  })

  test('names every event of the service', async () => {
    const events = await eventsOf(service)
    expect(events.filter(({ type }) => !text.includes(type)).map(({ type }) => type)).toEqual([])
  })
})

async function routesOf(service: string): Promise<Route[]> {
  const file = join(root, service, 'routes.ts')
  return existsSync(file) ? (await import(file)).routes : []
}

async function eventsOf(service: string): Promise<EventDefinition[]> {
  const file = join(root, service, 'events.ts')
  if (!existsSync(file)) return []
  return Object.values<EventDefinition>(await import(file)).filter(
    (exported) => typeof exported.type === 'string' && typeof exported.source === 'string',
  )
}
