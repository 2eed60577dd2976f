import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const source = join(import.meta.dirname, 'temporary-folder.ts')

/** Creates a folder in a process that then ends as the code does. */
function end(code: string) {
  const script = `import { temporaryFolder } from ${JSON.stringify(source)}; console.log(temporaryFolder('test-')); ${code}`
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  const folder = stdout.trim()
  return { folder, status, exists: existsSync(folder) }
}

test.each([
  ['a regular end', '', 0],
  ['an unhandled rejection', "Promise.reject(new Error('x')); setTimeout(() => {}, 10_000)", 1],
  ['Ctrl-C', "process.kill(process.pid, 'SIGINT'); setTimeout(() => {}, 10_000)", 130],
  ['SIGTERM', "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 10_000)", 143],
])('after %s the folder does not exist', (_name, code, status) => {
  expect(end(code)).toEqual({ folder: expect.stringContaining('test-'), status, exists: false })
})
