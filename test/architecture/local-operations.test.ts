import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLocalSystem } from '@cartwheel/local'
import { root } from './sources.ts'

/** The operations of the embedded services that are called by a name: those of REST services have a path instead. */
async function operations(): Promise<string[]> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'operations-'))
  const assembly = join(root, 'local/test/library')
  const system = await startLocalSystem({ assembly, dataDirectory, apiPort: 0, webPort: 0, awsPort: 0 })
  const names = Object.values<any>(system.services).flatMap((service) =>
    [service.wire, service.streamsWire].flatMap((wire) => Object.keys(wire?.operations ?? {})),
  )
  await system.stop()
  rmSync(dataDirectory, { recursive: true })
  return names.filter((name) => !name.includes(' '))
}

/** Tests of single services of the local system call everything: they are no reason to have it. */
const callers = globSync(
  [
    '{services,shared,infra,scripts,bench,web/src,test/!(architecture)}/**/*.{ts,tsx}',
    'local/test/*.ts',
    'local/README.md',
  ],
  { cwd: root, exclude: (name) => name === 'node_modules' },
)
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n')

/** By its name, as a command or a method of the SDK, or as a command of the CLI. */
function isCalled(operation: string): boolean {
  const method = operation.charAt(0).toLowerCase() + operation.slice(1)
  const command = operation.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()
  return new RegExp(`\\b(${operation}(Command)?|${method}|${command})\\b`).test(callers)
}

test('each operation that is called by its name has a caller in the app, its tests or the package’s README', async () => {
  const all = await operations()
  expect(all.length).toBeGreaterThan(50)
  expect(all.filter((operation) => !isCalled(operation))).toEqual([])
})

test('an operation without a caller is found', () => expect(isCalled(['Merge', 'Shards'].join(''))).toBe(false))
