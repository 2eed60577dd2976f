import { formatCount } from '../../format.ts'
import type { Consumer } from './health.ts'

/** What waits for each consumer, and what it could not handle. */
export const Queues = ({ consumers }: { readonly consumers: readonly Consumer[] }) => (
  <section className="stack" aria-labelledby="queues">
    <div>
      <h2 id="queues">Queues</h2>
      <p className="soft small">Approximate numbers of messages, as SQS counts them.</p>
    </div>
    <div className="table-frame" role="region" aria-label="Messages of each consumer" tabIndex={0}>
      <table className="queues">
        <thead>
          <tr>
            <th scope="col">Consumer</th>
            <th scope="col" className="number">
              Waiting
            </th>
            <th scope="col" className="number">
              In progress
            </th>
            <th scope="col" className="number">
              Delayed
            </th>
            <th scope="col" className="number">
              Dead letters
            </th>
          </tr>
        </thead>
        <tbody>
          {consumers.map(({ name, queue, deadLetters }) => (
            <tr key={name} className={deadLetters > 0 ? 'has-dead-letters' : ''}>
              <th scope="row">{name}</th>
              <Count value={queue?.waiting} />
              <Count value={queue?.inFlight} />
              <Count value={queue?.delayed} />
              <Count value={deadLetters} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </section>
)

/** Nothing is quieter than something. */
const Count = ({ value }: { readonly value: number | undefined }) => (
  <td className={`number ${value ? 'has-messages' : 'soft'}`}>
    {value === undefined ? <span className="visually-hidden">no queue</span> : formatCount(value)}
  </td>
)
