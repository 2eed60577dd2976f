import type { Outputs } from '../assembly/deploy.ts'
import type { Clock } from '../clock.ts'
import type { DynamoDbService } from '../dynamodb/service.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Pages, WireRequest, WireResponse } from '../wire/service.ts'
import { requireOwnOrigin } from '../wire/web-origin.ts'
import { eventsPage, span } from './events.ts'
import { messagePage, page, pages, searchForm, table } from './frame.ts'
import { counted, html, withoutSecrets } from './html.ts'
import { deadLetterCount, queuePage, queuesPage } from './queues.ts'
import { tablePage, tablesPage } from './tables.ts'
import { timelinePage, type TimelineSources } from './timeline.ts'

interface PageSources extends TimelineSources {
  readonly tables: DynamoDbService
  readonly clock: Clock
  /** Of the stacks, which the start page lists. */
  readonly outputs: Outputs
}

/**
 * The pages that show what the system contains and does. Reading them changes nothing. Paths are those of unsigned requests
 * alone: SDKs sign, so that the bucket list at `/` and buckets with these names are served to them as before.
 */
export const systemPages = (sources: PageSources): Pages => ({
  claims: ({ method, path, headers }) =>
    path === '/'
      ? ['GET', 'HEAD'].includes(method) && headers['accept']?.includes('text/html') === true
      : /^\/(queues|tables|events|timeline)(\/|$)/.test(path),
  async handle(request) {
    requireOwnOrigin(request.headers)
    if (!['GET', 'HEAD'].includes(request.method)) return messagePage(405, 'Not allowed', 'The pages are read-only.')
    try {
      const found = await route(sources, request)
      return found ?? messagePage(404, 'Page not found', `There is no page ${request.path}.`)
    } catch (error) {
      if (error instanceof AwsError) return messagePage(error.statusCode, error.name, error.message)
      throw error
    }
  },
})

function route(sources: PageSources, { path, query }: WireRequest): WireResponse | Promise<WireResponse> | undefined {
  const { sqs, tables, journal, clock } = sources
  const [, section, name, more] = path.split('/').map(decodeURIComponent)
  if (more !== undefined) return undefined
  if (name) {
    if (section === 'queues') return queuePage(sqs, name, clock.now())
    return section === 'tables' ? tablePage(tables, name, query) : undefined
  }
  if (section === 'queues') return queuesPage(sqs)
  if (section === 'tables') return tablesPage(tables)
  if (section === 'events') return eventsPage(journal, query, clock.now())
  return section === '' ? startPage(sources) : timelinePage(sources, query, clock.now())
}

function startPage({ sqs, journal, mails, outputs }: PageSources): WireResponse {
  const total = (names: readonly string[]) => names.reduce((sum, name) => sum + sqs.count(name), 0)
  const waiting = total(sqs.depths().map(({ name }) => name))
  const deadLetters = deadLetterCount(total(sqs.deadLetterQueues()))
  const about: Readonly<Record<string, unknown>> = {
    '/queues': html`${counted(waiting, 'message')} in all queues, dead letters: ${deadLetters}`,
    '/tables': 'items by the beginning of their keys',
    '/events': `${counted(journal.events.length, 'event')} ${span(journal)}, on all buses`,
    '/timeline': 'everything that happened with one id',
    '/mailbox': counted(mails.count(), 'email'),
  }
  const links = pages.flatMap(([address, name]) =>
    about[address] === undefined
      ? []
      : html`<div>
          <dt><a href="${address}">${name}</a></dt>
          <dd>${about[address]}</dd>
        </div>`,
  )
  const label = 'Timeline of a correlation id, or any other id'
  const body = html`${searchForm([{ name: 'id', label, value: '' }], '/timeline')}
    <dl class="links">${links}</dl>
    <h2>Outputs</h2>
    ${table(['Stack', 'Output', 'Value'], outputRows(outputs), 'The templates have no outputs.')}
    <p class="muted">
      <kbd>r</kbd> reloads a page, <kbd>/</kbd> goes to its first field, and the letter of a page opens it.
    </p>`
  return page({ title: 'Local system', current: '/', body })
}

/** Without those that only pass a value from one stack of the CDK to another. */
const outputRows = (outputs: Outputs) =>
  Object.entries(outputs).flatMap(([stack, values]) =>
    Object.entries(withoutSecrets(values) as Record<string, unknown>)
      .filter(([name]) => !name.startsWith('ExportsOutput'))
      .map(([name, value]) => {
        const text = typeof value === 'string' ? value : JSON.stringify(value)
        const isLink = /^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(text)
        return [stack, name, html`<code>${isLink ? html`<a href="${text}">${text}</a>` : text}</code>`]
      }),
  )
