import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '#scripts/lib/api-client.ts'
import { command, type Command } from '#test/commands/command.ts'
import { newFolder } from '#test/support/new-folder.ts'

/** npm as far as the script can see it: a note of each run, and at its end, when it may end, the list of what is installed. */
const npm = `
const { appendFileSync, existsSync, mkdirSync, copyFileSync } = require('node:fs')
appendFileSync('runs', process.argv.slice(2).join(' ') + '\\n')
function end() {
  if (existsSync('held')) return setTimeout(end, 20)
  if (existsSync('offline')) process.exit(1)
  mkdirSync('node_modules', { recursive: true })
  copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
}
end()
`

let checkout: string
beforeEach(() => {
  checkout = newFolder()
  mkdirSync(join(checkout, 'scripts'))
  cpSync(join(import.meta.dirname, 'install.cjs'), join(checkout, 'scripts/install.cjs'))
  writeFileSync(join(checkout, 'npm.cjs'), npm)
  writeFileSync(
    join(checkout, 'package-lock.json'),
    JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }),
  )
})

const started: Command[] = []
// An installation that a failed test left running passes the signal on to npm.
afterEach(() => started.splice(0).forEach(({ process }) => process.kill()))

function install(): Command {
  const one = command('node', ['scripts/install.cjs'], { npm_execpath: join(checkout, 'npm.cjs') }, { cwd: checkout })
  started.push(one)
  return one
}
const runs = () =>
  existsSync(join(checkout, 'runs')) ? readFileSync(join(checkout, 'runs'), 'utf8').trim().split('\n') : []
const lock = () => join(checkout, '.installing')

/** @returns an installation that has begun and does not end before `release` */
async function heldInstall(): Promise<Command> {
  writeFileSync(join(checkout, 'held'), '')
  const first = install()
  await first.printed('Installing the dependencies')
  return first
}
const release = () => rmSync(join(checkout, 'held'))

/** As if the command had not written its lock for a minute. */
function makeOld(): void {
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(lock(), longAgo, longAgo)
}

test('the locked packages are installed once; the next command has nothing to do', async () => {
  expect(await install().ended).toBe(0)
  const second = install()
  expect(await second.ended).toBe(0)
  expect(runs()).toEqual(['ci --loglevel=error'])
  expect(second.output()).toBe('')
})

test('of two commands at once, one installs and the other waits for it', async () => {
  const first = await heldInstall()
  const second = install()
  await second.printed('waiting')
  release()
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0])
  expect(second.output()).toBe('Another command is installing the dependencies; waiting for it …\n')
  expect(runs()).toHaveLength(1)
  expect(existsSync(lock())).toBe(false)
})

test('an installation that fails is repeated by the command that waited', async () => {
  writeFileSync(join(checkout, 'offline'), '')
  const first = await heldInstall()
  const second = install()
  await second.printed('waiting')
  release()
  expect(await first.ended).toBe(1)
  expect(first.output()).toContain('npm ci failed')
  rmSync(join(checkout, 'offline'))
  expect(await second.ended).toBe(0)
  expect(runs()).toHaveLength(2)
})

test('Ctrl-C during an installation lets the next command install', async () => {
  const first = await heldInstall()
  first.process.kill('SIGINT')
  expect(await first.ended).toBe(130)
  expect(existsSync(lock())).toBe(false)
  release()
  expect(await install().ended).toBe(0)
})

test('the lock of a long installation stays new', async () => {
  const first = await heldInstall()
  makeOld()
  await eventually('a new time of the lock', async () => Date.now() - statSync(lock()).mtimeMs < 10_000, 5000)
  release()
  expect(await first.ended).toBe(0)
})

test('the lock of a command that was killed is not waited for', async () => {
  writeFileSync(lock(), '')
  makeOld()
  const next = install()
  await eventually('its installation', async () => runs().length === 1, 5000)
  expect(await next.ended).toBe(0)
  expect(next.output()).not.toContain('waiting')
})
