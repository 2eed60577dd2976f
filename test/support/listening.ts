import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Opens a server on a free port of this machine. @returns its URL without a trailing slash, and what closes it */
export async function listening(server: Server): Promise<{ readonly url: string; stop(): Promise<void> }> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A currently free port, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const { url, stop } = await listening(createServer())
  await stop()
  return Number(new URL(url).port)
}
