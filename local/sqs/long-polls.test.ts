import { ManualClock } from '../clock.ts'
import { allowAll } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { SqsService } from './service.ts'
import { queueSettings } from './testing.ts'

/** Time as it really is: it goes on between two looks at it, however short. */
class PassingClock extends ManualClock {
  perLookMs = 0
  #passedMs = 0

  override now(): number {
    this.#passedMs += this.perLookMs
    return super.now() + this.#passedMs
  }
}

// One of these moments lies between the look that finds none and the question when the next one comes.
test.each([995, 996, 997, 998, 999])(
  'a message that is due at 1000 ms reaches who begins to wait at %i ms',
  async (startMs) => {
    const clock = new PassingClock()
    const state = new State(':memory:')
    const sqs = new SqsService({ state, clock, access: allowAll, endpoint: () => 'http://127.0.0.1:1' })
    const { arn } = sqs.createQueue({ name: 'loans', ...queueSettings })
    sqs.send(arn, { body: 'book', delaySeconds: 1 })
    await clock.advance(startMs)
    clock.perLookMs = 1
    let received: unknown[] = []
    const receiving = sqs.receive(arn, { max: 1, waitMs: 20_000 }).then((messages) => (received = messages))
    // Far less than the wait: an alarm must have been set for the message.
    await clock.advance(10)
    expect(received).toHaveLength(1)
    await receiving
    sqs.stop()
  },
)
