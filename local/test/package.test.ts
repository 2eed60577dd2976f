import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { newFolder } from './folders.ts'

/** The built package, installed into an empty folder, runs an app of another project. */
const root = join(import.meta.dirname, '../..')
const folder = newFolder()
let child: ChildProcess | undefined

/** npm's own variables would make the commands work on this repository. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))

function run(command: string, args: readonly string[], more: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8', ...more })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}

beforeAll(() => {
  const built = join(folder, 'built')
  run(process.execPath, [join(root, 'local/build.ts'), built])
  const tarball = run('npm', ['pack', built, '--silent']).trim()
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`])
  const app = join(root, 'local/test/notes/app.ts')
  // CloudFormation's rules take most of the time of a synthesis, and the templates are only run on this machine.
  const synthesis = { CDK_OUTDIR: join(folder, 'cdk.out'), CDK_VALIDATION: 'false' }
  run(process.execPath, [app], { cwd: root, env: { ...env, ...synthesis } })
})

afterAll(() => {
  child?.kill('SIGKILL')
})

test('its command runs the app until it is stopped', async () => {
  const command = join(folder, 'node_modules/.bin/cfn-local')
  const ports = ['--port', '0', '--web-port', '0', '--aws-port', '0']
  child = spawn(process.execPath, [command, ...ports, '--json'], { cwd: folder, env, stdio: ['ignore', 'pipe', 2] })
  const ended = once(child, 'exit')
  const find = reading(child)
  const { apiEndpoint } = await find(({ kind }) => kind === 'ready')

  const submitted = await fetch(`${apiEndpoint}/notes`, { method: 'POST', body: 'Buy flour' })
  expect(submitted.status).toBe(202)
  await find(({ kind, functionName }) => kind === 'invocation' && /store/.test(functionName))
  const read = await fetch(`${apiEndpoint}/notes/${encodeURIComponent(await submitted.text())}`)
  expect([read.status, await read.text()]).toEqual([200, 'Buy flour'])

  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

test('each entry point can be imported, without the AWS SDK', () => {
  const names = entryPoints()
  expect(names.length).toBeGreaterThan(4)
  const script = `for (const name of ${JSON.stringify(names)}) if (Object.keys(await import(name)).length === 0) throw new Error(name)`
  run(process.execPath, ['--input-type=module', '--eval', script])
})

test('its declarations are complete for a project in TypeScript', () => {
  const imports = entryPoints()
    // The declarations of the test kits name clients of the SDK.
    .filter((name) => !name.endsWith('/testing'))
    .map((name, index) => `import * as m${index} from '${name}'\nexport { m${index} }`)
  const use = `import { startLocalSystem } from '@cartwheel/local'\nexport const url = async () => (await startLocalSystem({ assembly: 'cdk.out', dataDirectory: '.local' })).apiEndpoint satisfies string`
  writeFileSync(join(folder, 'use.ts'), [...imports, use].join('\n'))
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,esnext']
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...types, 'use.ts'])
})

test('contains its documentation and no sources or tests, and can be published', () => {
  const installed = readdirSync(join(folder, 'node_modules/@cartwheel/local'), { recursive: true, encoding: 'utf8' })
  expect(installed).toEqual(expect.arrayContaining(['README.md', 'LIMITATIONS.md', 'LICENSE']))
  expect(installed.filter((file) => /(?<!\.d)\.ts$|\.test\.|^test\//.test(file))).toEqual([])
  expect(manifest().private).toBeUndefined()
})

function manifest() {
  return JSON.parse(readFileSync(join(folder, 'node_modules/@cartwheel/local/package.json'), 'utf8'))
}

function entryPoints(): string[] {
  const { exports } = manifest()
  return Object.keys(exports).map((path) => `@cartwheel/local${path.slice(1)}`)
}

/** Reads the JSON lines of a process. @returns a function that finds the next one, or throws when the process ends before */
function reading({ stdout }: ChildProcess) {
  const lines = createInterface({ input: stdout! })[Symbol.asyncIterator]()
  return async (matches: (line: any) => boolean): Promise<any> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error('The process ended before it printed the line.')
      const line = JSON.parse(value)
      if (matches(line)) return line
    }
  }
}
