/**
 * Sends each message when the one before it was sent or has failed, so that the number of batches that run at the same time
 * limits the rate of messages (infra/mail-rate.ts).
 */
export function oneAtATime<Message, Outcome>({ send }: { send(message: Message): Promise<Outcome> }) {
  let last: Promise<unknown> = Promise.resolve()
  return {
    send(message: Message): Promise<Outcome> {
      const sent = last.then(() => send(message))
      last = sent.catch(() => {})
      return sent
    },
  }
}
