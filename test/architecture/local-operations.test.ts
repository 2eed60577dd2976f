import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startLocalSystem } from '@cartwheel/local'
import { App, Stack } from 'aws-cdk-lib'
import { CfnQueue } from 'aws-cdk-lib/aws-sqs'
import { newFolder } from '#test/support/new-folder.ts'
import { root } from './sources.ts'

/** The operations of REST services, which have a method and a path instead of a name, and what a caller calls. */
const restOperations: Readonly<Record<string, readonly string[]>> = {
  'GET /': ['ListBuckets'],
  'GET /{Bucket}': ['ListObjectsV2'],
  'POST /{Bucket}': ['createPresignedPost'],
  'POST /{Bucket}?delete': ['DeleteObjects'],
  'GET /{Bucket}/{Key+}': ['GetObject'],
  'HEAD /{Bucket}/{Key+}': ['HeadObject'],
  'PUT /{Bucket}/{Key+}': ['PutObject', 'CopyObject'],
  'DELETE /{Bucket}/{Key+}': ['DeleteObject'],
  // Preflights of browsers, for buckets with CORS rules.
  'OPTIONS /{Bucket}': ['HttpMethods'],
  'OPTIONS /{Bucket}/{Key+}': ['HttpMethods'],
  'POST /2015-03-31/functions/{FunctionName}/invocations': ['Invoke'],
  'GET /2015-03-31/functions/{FunctionName}/configuration': ['GetFunctionConfiguration'],
  'GET /2015-03-31/event-source-mappings': ['ListEventSourceMappings'],
  'PUT /2015-03-31/event-source-mappings/{UUID}': ['UpdateEventSourceMapping'],
  'POST /v2/email/outbound-emails': ['SendEmail'],
}

/** The operations of the embedded services, by name, or by method and path. */
async function operations(): Promise<string[]> {
  const dataDirectory = newFolder()
  // Which services exist does not depend on the app.
  const queue = new CfnQueue(new Stack(new App({ outdir: newFolder() }), 'small'), 'Queue')
  const assembly = (queue.node.root as App).synth().directory
  const system = await startLocalSystem({ assembly, dataDirectory })
  const names = Object.values<any>(system.services).flatMap((service) =>
    [service.wire, service.streamsWire].flatMap((wire) => Object.keys(wire?.operations ?? {})),
  )
  await system.stop()
  return names
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

test('each operation has a caller in the app, its tests or the package’s README', async () => {
  const all = await operations()
  const [rest, named] = [all.filter((name) => name.includes(' ')), all.filter((name) => !name.includes(' '))]
  expect(named.length).toBeGreaterThan(50)
  expect(rest.toSorted()).toEqual(Object.keys(restOperations).toSorted())
  const called = [...named, ...Object.values(restOperations).flat()]
  expect(called.filter((operation) => !isCalled(operation))).toEqual([])
})

test('an operation without a caller is found', () => expect(isCalled(['Merge', 'Shards'].join(''))).toBe(false))
