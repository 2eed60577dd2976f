import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseFilterPattern } from '@cartwheel/local/testing'
import { root, synthesize } from '../infra/synthesized.ts'
import { applicationId } from '#shared/application.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** Prod has every alarm, including the alarm on the queue of alarm emails. */
const prod = await synthesize('prod')
const alarms = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
  .flatMap((type) => prod.ofType(type))
  .map(({ properties }) => ({
    name: properties.AlarmName as string,
    pages: [...String(properties.AlarmDescription).matchAll(/docs\/runbooks\/[\w-]+\.md/g)].map(([page]) => page),
  }))

const dashboard = prod
  .ofType('AWS::CloudWatch::Dashboard')
  .flatMap(({ properties }) => properties.DashboardBody['Fn::Join'][1])
  .join('')

const index = read('docs/runbooks/README.md')
/** Pages that no alarm refers to. */
const procedures = ['docs/runbooks/restore.md']
const pages = globSync('docs/runbooks/*.md', { cwd: root })
  .filter((file) => basename(file) !== 'README.md' && !procedures.includes(file))
  .toSorted()

test('there are alarms and runbooks to compare', () => {
  expect(alarms).not.toEqual([])
  expect(pages).not.toEqual([])
})

test.each(alarms)('$name names one existing runbook', ({ pages: named }) => {
  expect(named).toHaveLength(1)
  expect(pages).toContain(named[0])
})

test('every runbook is referenced by an alarm', () => {
  expect([...new Set(alarms.flatMap(({ pages: named }) => named))].toSorted()).toEqual(pages)
})

/** The index's rows: patterns of alarm names, and their page. */
const rows = [...index.matchAll(/^\| (`[^|]+)\|.*\]\(([\w-]+\.md)\)\s*\|$/gm)].flatMap(([, names, page]) =>
  [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => ({
    pattern: new RegExp(`^${applicationId}-prod-${name!.replaceAll(/…|<\w+>/g, '.+')}$`),
    page: `docs/runbooks/${page}`,
  })),
)

test.each(alarms.filter(({ name }) => name.startsWith(`${applicationId}-`)))(
  'the index lists $name with its runbook',
  ({ name, pages: named }) => {
    const [exact] = rows.filter(({ pattern }) => pattern.source === `^${name}$`)
    const leads = exact ? [exact] : rows.filter(({ pattern }) => pattern.test(name))
    expect(leads.map(({ page }) => page)).toEqual(named)
  },
)

describe.each(pages)('%s', (page) => {
  const text = read(page)

  test('has the standard sections', () => {
    const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
    expect(sections).toEqual(['Symptom', 'Impact', 'Check', 'Fix', 'Escalate', 'Resolved when'])
    for (const section of text.split(/^## .+$/m).slice(1)) expect(section.trim().length).toBeGreaterThan(40)
  })

  test('contains an ops or logs command', () => {
    const blocks = [...text.matchAll(/```bash\n([^]*?)```/g)].map(([, block]) => block!)
    expect(blocks.join('')).toMatch(/^npm run (ops|logs) -- /m)
  })

  test('names graphs by their titles on the dashboard', () => {
    const named = [...text.matchAll(/(?<=\s)(?<!quota\s)_([A-Z][^_`]+)_/g)].map(([, title]) =>
      title!.replaceAll(/\s+/g, ' '),
    )
    expect(named.filter((title) => !dashboard.includes(`"title":"${title}"`))).toEqual([])
  })
})

const logPatterns = pages.flatMap((page) =>
  [...read(page).matchAll(/--filter-pattern (?:'([^']+)'|(\S+))/g)].map(([, quoted, word]) => quoted ?? word!),
)

test.each([...new Set(logPatterns)])('the local system also finds log lines by %s', (pattern) => {
  expect(() => parseFilterPattern(pattern)).not.toThrow()
})

test('error-budget.md states the thresholds of the alarms', () => {
  const text = read('docs/runbooks/error-budget.md').replaceAll(/\s+/g, ' ')
  for (const { properties } of prod.ofType('AWS::CloudWatch::Alarm')) {
    if (!properties.AlarmName.startsWith('window-of-')) continue
    const [{ Expression }] = properties.Metrics.filter((metric: any) => metric.ReturnData)
    const [, fewest] = /requests > (\d+)/.exec(Expression)!
    expect(text).toContain(` ${fewest} `)
    expect(text).toContain(` ${Number((properties.Threshold * 100).toPrecision(4))} %`)
  }
})
