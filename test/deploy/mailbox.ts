import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Mail } from '#scripts/lib/api-client.ts'

/** An email in MiniStack. */
export interface SentMail {
  readonly MessageId: string
  readonly Source: string
  readonly To: readonly string[]
  readonly Subject: string
  readonly Timestamp: number
  readonly BodyText: string
  readonly BodyHtml: string
}

export const toMail = (mail: SentMail): Mail => ({
  messageId: mail.MessageId,
  from: mail.Source,
  destination: { to: [...mail.To] },
  subject: mail.Subject,
  at: mail.Timestamp,
  body: { html: mail.BodyHtml, text: mail.BodyText },
})

export interface Mailbox {
  readonly url: string
  stop(): void
}

/** Serves MiniStack's emails at `/store`, in the format that the end-to-end suite reads. */
export async function startMailbox(endpoint: string): Promise<Mailbox> {
  const server = createServer(async (_request, response) => {
    try {
      const answer = await fetch(`${endpoint}/_ministack/ses/messages`)
      const { messages } = (await answer.json()) as { messages: Record<string, SentMail[]> }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ emails: Object.values(messages).flat().map(toMail) }))
    } catch (error) {
      response.writeHead(502).end((error as Error).message)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
