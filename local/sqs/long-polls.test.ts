import { ManualClock } from '../clock.ts'
import { allowAll } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { SqsService } from './service.ts'
import { queueSettings } from './testing.ts'

/** Like the real clock, it advances between two reads. */
class AdvancingClock extends ManualClock {
  perReadMs = 0
  #advancedMs = 0

  override now(): number {
    this.#advancedMs += this.perReadMs
    return super.now() + this.#advancedMs
  }
}

// One of these times falls between the receive that finds no message and the query for when the next becomes visible.
test.each([995, 996, 997, 998, 999])(
  'a long poll that starts at %i ms receives a message that becomes visible at 1000 ms',
  async (startMs) => {
    const clock = new AdvancingClock()
    const state = new State(':memory:')
    const sqs = new SqsService({ state, clock, access: allowAll, endpoint: () => 'http://127.0.0.1:1' })
    const { arn } = sqs.createQueue({ name: 'loans', ...queueSettings })
    sqs.send(arn, { body: 'book', delaySeconds: 1 })
    await clock.advance(startMs)
    clock.perReadMs = 1
    let received: unknown[] = []
    const receiving = sqs.receive(arn, { max: 1, waitMs: 20_000 }).then((messages) => (received = messages))
    // Far less than the wait time: only a timer set for the message can end the poll.
    await clock.advance(10)
    expect(received).toHaveLength(1)
    await receiving
    sqs.stop()
  },
)
