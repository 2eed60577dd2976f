import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root, synthesize } from '../infra/synthesized.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** Prod has every alarm there is: it mails them, too. */
const prod = await synthesize('prod')
const alarms = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
  .flatMap((type) => prod.ofType(type))
  .map(({ properties }) => ({
    name: properties.AlarmName as string,
    pages: [...String(properties.AlarmDescription).matchAll(/docs\/runbooks\/[\w-]+\.md/g)].map(([page]) => page),
  }))

const index = read('docs/runbooks/README.md')
/** What a person decides to do, and no alarm asks for. */
const procedures = ['docs/runbooks/restore.md']
const pages = globSync('docs/runbooks/*.md', { cwd: root })
  .filter((file) => basename(file) !== 'README.md' && !procedures.includes(file))
  .toSorted()

test('there is something to look at', () => {
  expect(alarms.length).toBeGreaterThanOrEqual(20)
  expect(pages.length).toBeGreaterThanOrEqual(7)
})

test.each(alarms)('$name names one runbook that is there', ({ pages: named }) => {
  expect(named).toHaveLength(1)
  expect(pages).toContain(named[0])
})

test('every runbook is named by an alarm', () => {
  expect([...new Set(alarms.flatMap(({ pages: named }) => named))].toSorted()).toEqual(pages)
})

/** Rows of the index: patterns of alarms' names, and the page beside them. */
const rows = [...index.matchAll(/^\| (`[^|]+)\|.*\]\(([\w-]+\.md)\)\s*\|$/gm)].flatMap(([, names, page]) =>
  [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => ({
    pattern: new RegExp(`^cartwheel-prod-${name!.replaceAll(/…|<\w+>/g, '.+')}$`),
    page: `docs/runbooks/${page}`,
  })),
)

test.each(alarms.filter(({ name }) => name.startsWith('cartwheel-')))(
  'the index leads from $name to its runbook',
  ({ name, pages: named }) => {
    const [exact] = rows.filter(({ pattern }) => pattern.source === `^${name}$`)
    const leads = exact ? [exact] : rows.filter(({ pattern }) => pattern.test(name))
    expect(leads.map(({ page }) => page)).toEqual(named)
  },
)

describe.each(pages)('%s', (page) => {
  const text = read(page)

  test('tells what it means, how to look, what to do, when to call others, and how to see that it is over', () => {
    const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
    expect(sections).toEqual(['For customers', 'Look', 'Do', 'Escalate', 'Over when'])
    for (const section of text.split(/^## .+$/m).slice(1)) expect(section.trim().length).toBeGreaterThan(40)
  })

  test('names a command of this project to run', () => {
    const blocks = [...text.matchAll(/```bash\n([^]*?)```/g)].map(([, block]) => block!)
    expect(blocks.join('')).toMatch(/^npm run (ops|logs) -- /m)
  })
})

test('what the page of the error budget says of its bounds is what the alarms have', () => {
  const text = read('docs/runbooks/error-budget.md')
  for (const { properties } of prod.ofType('AWS::CloudWatch::Alarm')) {
    if (!properties.AlarmName.startsWith('window-of-')) continue
    const [{ Expression }] = properties.Metrics.filter((metric: any) => metric.ReturnData)
    const [, fewest] = /requests > (\d+)/.exec(Expression)!
    expect(text).toContain(` ${fewest} `)
    expect(text).toContain(` ${Number((properties.Threshold * 100).toPrecision(4))} %`)
  }
})
