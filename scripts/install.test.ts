import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, type Command } from '#test/commands/command.ts'

/** npm as far as the script can see it: a note of each run, and at its end the list of what is installed. */
const npm = `
const { appendFileSync, existsSync, mkdirSync, copyFileSync } = require('node:fs')
appendFileSync('runs', process.argv.slice(2).join(' ') + '\\n')
setTimeout(() => {
  if (existsSync('offline')) process.exit(1)
  mkdirSync('node_modules', { recursive: true })
  copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
}, 700)
`

let checkout: string
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'test-install-'))
  mkdirSync(join(checkout, 'scripts'))
  cpSync(join(import.meta.dirname, 'install.cjs'), join(checkout, 'scripts/install.cjs'))
  writeFileSync(join(checkout, 'npm.cjs'), npm)
  writeFileSync(
    join(checkout, 'package-lock.json'),
    JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }),
  )
})
afterEach(() => rmSync(checkout, { recursive: true, force: true }))

const install = (): Command =>
  command('node', ['scripts/install.cjs'], { npm_execpath: join(checkout, 'npm.cjs') }, { cwd: checkout })
const runs = () =>
  existsSync(join(checkout, 'runs')) ? readFileSync(join(checkout, 'runs'), 'utf8').trim().split('\n') : []
const lock = () => join(checkout, '.installing')

test('the locked packages are installed once; the next command has nothing to do', async () => {
  expect(await install().ended).toBe(0)
  const second = install()
  expect(await second.ended).toBe(0)
  expect(runs()).toEqual(['ci --loglevel=error'])
  expect(second.output()).toBe('')
})

test('of two commands at once, one installs and the other waits for it', async () => {
  const first = install()
  await first.printed('Installing the dependencies')
  const second = install()
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0])
  expect(second.output()).toBe('Another command is installing the dependencies; waiting for it …\n')
  expect(runs()).toHaveLength(1)
  expect(existsSync(lock())).toBe(false)
})

test('an installation that fails is repeated by the command that waited', async () => {
  writeFileSync(join(checkout, 'offline'), '')
  const first = install()
  await first.printed('Installing the dependencies')
  const second = install()
  expect(await first.ended).toBe(1)
  expect(first.output()).toContain('npm ci failed')
  rmSync(join(checkout, 'offline'))
  expect(await second.ended).toBe(0)
  expect(runs()).toHaveLength(2)
})

test('Ctrl-C during an installation lets the next command install', async () => {
  const first = install()
  await first.printed('Installing the dependencies')
  first.process.kill('SIGINT')
  expect(await first.ended).toBe(130)
  expect(existsSync(lock())).toBe(false)
  expect(await install().ended).toBe(0)
})

test('the lock of a command that was killed is not waited for', async () => {
  writeFileSync(lock(), '')
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(lock(), longAgo, longAgo)
  const started = install()
  expect(await started.ended).toBe(0)
  expect(started.output()).not.toContain('waiting')
})
