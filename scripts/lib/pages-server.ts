import { join } from 'node:path'
import { execa } from 'execa'
import type { LocalSystem } from '@cartwheel/local'
import { parseDeployment } from './deployment.ts'

const root = join(import.meta.dirname, '../..')

/** Vite ends when its standard input ends, hence with this process, but only if the input is read. */
const readInput = 'data:text/javascript,process.stdin.resume()'

/**
 * Serves the sources of web/ with Vite's development server, which updates open pages when a file is saved and forwards
 * everything else to the distribution. In a process of its own: the server ends its process on a signal, without waiting
 * for the state of the system to be stored. Prints its address.
 */
export async function servePages(system: LocalSystem): Promise<void> {
  const { webUrl } = parseDeployment(system.outputs as Record<string, Record<string, string>>, system.outputsFile)
  const server = execa(
    process.execPath,
    ['--import', readInput, join(root, 'node_modules/vite/bin/vite.js'), 'web', '--clearScreen', 'false'],
    {
      cwd: root,
      env: { CARTWHEEL_PAGES: webUrl, NO_COLOR: '1', CI: '' },
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'inherit',
      buffer: false,
      reject: false,
    },
  )
  const address = await new Promise<string | undefined>((resolve) => {
    let output = ''
    server.stdout.on('data', (chunk: Buffer) => {
      output += chunk
      const [, url] = /Local:\s+(\S+)/.exec(output) ?? []
      if (url) resolve(url)
    })
    void server.then(() => resolve(undefined))
  })
  if (address === undefined)
    console.error(`The development server of the pages has ended; ${webUrl} has the built ones.`)
  else
    console.log(
      `Pages at ${address} are updated as soon as a file of web/ is saved; those at ${webUrl} are the built ones.`,
    )
}
