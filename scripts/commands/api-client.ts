import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { newCommand, runCommand } from '../lib/command.ts'

const root = join(import.meta.dirname, '../..')
const description = join(root, 'dist/api/openapi/openapi.json')
const schema = join(root, 'services/api/schema.d.ts')

/**
 * Not a dependency: it prints types with the JavaScript API of TypeScript 5, which the compiler of this project no longer
 * has, and npm accepts only one of the two here.
 */
const packages = ['openapi-typescript@7.13.0', 'typescript@5.9.3']

const command = newCommand(
  'npm run api:client --',
  'Generates the types of the API client from the OpenAPI document into services/api/schema.d.ts, after a route has changed. Downloads openapi-typescript.',
).action(async () => {
  await execa(process.execPath, [join(import.meta.dirname, 'build.ts')], { stdio: 'inherit' })
  const download = packages.flatMap((name) => ['-p', name])
  await execa('npx', ['--yes', ...download, 'openapi-typescript', description, '-o', schema], { cwd: root })
  writeFileSync(schema, `// Of the document ${digestOf(description)}.\n${readFileSync(schema, 'utf8')}`)
  console.log('The types of the client are those of the current routes.')
})

/** A test compares it with the current document, since the generator is not installed. */
const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

await runCommand(command)
