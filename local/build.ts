import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Builds the package for other projects into a folder: JavaScript and declarations of the public entry points and what they
 * import, with a package.json of its own. Within this repository the sources are used as they are.
 */
const here = import.meta.dirname
/** @default dist, in this folder */
const dist = process.argv[2] ?? join(here, 'dist')
const compiler = join(here, '../node_modules/typescript/bin/tsc')

rmSync(dist, { recursive: true, force: true })
const { status } = spawnSync(process.execPath, [compiler, '-p', join(here, 'tsconfig.build.json'), '--outDir', dist], {
  stdio: 'inherit',
})
if (status !== 0) process.exit(1)

// The client of the Lambda runtime is JavaScript: every execution environment runs it, without the work of stripping types.
cpSync(join(here, 'lambda/runtime'), join(dist, 'lambda/runtime'), { recursive: true })
for (const file of ['README.md', 'LIMITATIONS.md']) cpSync(join(here, file), join(dist, file))
cpSync(join(here, '../LICENSE'), join(dist, 'LICENSE'))
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(packageManifest(), null, 2)}\n`)

/** This folder's manifest, with JavaScript in place of TypeScript; only that can be published. */
function packageManifest(): object {
  const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
  const { bin, exports, private: _private, scripts: _scripts, ...rest } = manifest
  return {
    ...rest,
    bin: mapped(bin, built),
    exports: mapped(exports, (path) => ({ types: path.replace(/\.ts$/, '.d.ts'), default: built(path) })),
  }
}

function built(path: string): string {
  return path.replace(/\.ts$/, '.js')
}

function mapped<T>(entries: Readonly<Record<string, string>>, change: (path: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([key, path]) => [key, change(path)]))
}
