import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '#test/support/new-folder.ts'
import { whileLocked } from './assembly-lock.ts'

let directory: string
let lock: string
beforeEach(() => {
  directory = newFolder()
  lock = join(directory, 'synth.lock')
})

/** The id of a process that has ended. */
const endedProcess = () => spawnSync(process.execPath, ['--version']).pid
/** One that runs as long as this test. */
const runningProcess = process.ppid

test('one writes after the other, and none leaves a lock', async () => {
  const steps: string[] = []
  const writing = (name: string) => async () => {
    steps.push(`${name} begins`)
    await new Promise(setImmediate)
    steps.push(`${name} ends`)
  }
  await Promise.all(['first', 'second'].map((name) => whileLocked(directory, writing(name))))
  expect(steps).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  expect(existsSync(lock)).toBe(false)
})

test('a failure releases the lock', async () => {
  await expect(whileLocked(directory, () => Promise.reject(new Error('does not compile')))).rejects.toThrow('compile')
  expect(existsSync(lock)).toBe(false)
})

test.each([
  ['a process that was killed', endedProcess],
  // Ids of processes repeat soon in a container.
  ['an earlier process with the id of this one', () => process.pid],
])('the lock of %s is ignored', async (_, processId) => {
  writeFileSync(lock, String(processId()))
  writeFileSync(join(directory, `read.${processId()}.1.lock`), '')
  const write = jest.fn(async () => {})
  await whileLocked(directory, write)
  expect(write).toHaveBeenCalledTimes(1)
})

test('the lock of a process that exits meanwhile is released', () => {
  const script = `
    const [, module, directory] = process.argv
    const { whileLocked } = await import(module)
    await whileLocked(directory, async () => process.exit(7))`
  const module = join(import.meta.dirname, 'assembly-lock.ts')
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script, module, directory])
  expect(status).toBe(7)
  expect(readdirSync(directory)).toEqual([])
})

test.each([
  ['writes', 'synth.lock'],
  // As the CDK CLI while it deploys.
  ['reads', `read.${runningProcess}.1.lock`],
])('nothing is written while another process %s the folder, and waiting for it can be cancelled', async (_, name) => {
  writeFileSync(join(directory, name), String(runningProcess))
  const write = jest.fn(async () => {})
  const announced = jest.spyOn(console, 'error').mockReturnValue()
  const cancelled = new AbortController()
  const waiting = whileLocked(directory, write, cancelled.signal)
  cancelled.abort()
  await expect(waiting).rejects.toThrow('aborted')
  expect(announced).toHaveBeenCalledWith(`Waiting for process ${runningProcess}, which uses ${directory} …`)
  expect(write).not.toHaveBeenCalled()
  expect(readdirSync(directory)).toEqual([name])
})

test('the CDK CLI refuses a folder into which this process writes', async () => {
  await whileLocked(directory, async () => {
    const cli = join(import.meta.dirname, '../../../node_modules/.bin/cdk')
    const instead = ['--app', 'node --version', '--build', 'node --version', '--output', directory]
    const args = [cli, 'synth', ...instead, '--no-notices']
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(stderr).toContain(`PID=${process.pid}`)
    expect(status).toBe(1)
  })
})
