import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '#scripts/lib/api-client.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { command, descendants, isAlive } from './command.ts'

let temporary: string
beforeEach(() => (temporary = newFolder()))

const environment = () => ({ TMPDIR: temporary, CARTWHEEL_DATA: join(temporary, 'none') })
const folders = () => readdirSync(temporary).filter((name) => name.startsWith('system-'))
const none = () => Promise.resolve(folders().length === 0)

const runDemo = () => command(process.execPath, ['scripts/commands/demo.ts'], environment())

test.each([
  ['as soon as its folder exists', 'SIGINT', async () => folders().length > 0],
  [
    // As when its terminal is closed.
    'while its system starts',
    'SIGHUP',
    async () => readdirSync(join(temporary, folders()[0] ?? '.')).includes('lock'),
  ],
] as const)('a demo that is interrupted %s leaves nothing behind', async (_name, signal, isReached) => {
  const demo = runDemo()
  await eventually('the time of the signal', isReached, undefined, 1)
  const family = descendants(demo.process.pid!)
  for (const each of [signal, 'SIGINT', signal] as const) demo.process.kill(each)
  expect(await demo.ended).toBe(130)
  expect(folders()).toEqual([])
  await eventually('every process to end', async () => !family.some(isAlive))
  expect(demo.output()).toBe('No system is running: starting one for the demo …\n')
})

test('a demo that is interrupted while it uses its system leaves nothing behind', async () => {
  const demo = runDemo()
  await demo.printed('signed up')
  const family = descendants(demo.process.pid!)
  demo.process.kill('SIGTERM')
  expect(await demo.ended).toBe(130)
  expect(folders()).toEqual([])
  await eventually('every process to end', async () => !family.some(isAlive))
})

test('a demo whose output is no longer read ends without a stack trace and leaves nothing behind', async () => {
  const demo = command('sh', ['-c', 'node scripts/commands/demo.ts | head -2'], environment())
  expect(await demo.ended).toBe(0)
  expect(demo.output().trim().split('\n')).toEqual([
    'No system is running: starting one for the demo …',
    expect.stringContaining('signed up'),
  ])
  await eventually('its folder to be deleted', none)
})

test('a demo with its own system does not link to emails that end with it', async () => {
  const demo = runDemo()
  expect(await demo.ended).toBe(0)
  expect(demo.output()).not.toContain('http')
  expect(demo.output()).toMatch(/T[\d:]{8}Z {6}email {10}Your order is confirmed/)
  expect(demo.output().trim().split('\n').slice(-2)).toEqual([
    'To read the emails, run npm start in another terminal, then npm run demo again.',
    'Demo passed.',
  ])
  expect(folders()).toEqual([])
})
