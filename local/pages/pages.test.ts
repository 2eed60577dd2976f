import { ManualClock } from '../clock.ts'
import { DynamoDbService } from '../dynamodb/service.ts'
import { busEvent } from '../events/event.ts'
import { allowAll } from '../iam/types.ts'
import { LogStore } from '../logs/log-store.ts'
import { MailStore } from '../ses/mail-store.ts'
import { SnsService } from '../sns/service.ts'
import { SqsService } from '../sqs/service.ts'
import { createQueue } from '../sqs/testing.ts'
import { State } from '../state/state.ts'
import { invocation, request as requestLine } from '../system/testing.ts'
import { WireServer } from '../wire/server.ts'
import { Journal } from './events.ts'
import { systemPages } from './pages.ts'

const hostile = '<script>alert(1)</script>'

function startPages() {
  const state = new State(':memory:')
  const clock = new ManualClock()
  const common = { state, clock, access: allowAll }
  const sqs = new SqsService({ ...common, endpoint: () => 'http://127.0.0.1:4566' })
  const tables = new DynamoDbService(common)
  const logs = new LogStore(common)
  const mails = new MailStore(state, clock)
  const texts = new SnsService(common)
  const journal = new Journal()
  const outputs = {
    Library: { Desk: 'http://127.0.0.1:3000', Name: hostile, ApiKeyValue: 'k-1' },
  }
  const server = new WireServer({ access: allowAll, authenticate: () => ({ kind: 'anonymous' }) })
  server.addPages(systemPages({ journal, sqs, logs, tables, mails, texts, clock, outputs }))
  const request = (address: string, more: { method?: string; headers?: Record<string, string> } = {}) => {
    const { pathname, searchParams } = new URL(address, 'http://127.0.0.1')
    const headers = { accept: 'text/html', ...more.headers }
    return server.handle({
      method: more.method ?? 'GET',
      path: pathname,
      query: searchParams,
      headers,
      body: Buffer.of(),
    })
  }
  const get = async (address: string) => {
    const { status, body } = await request(address)
    return { status, text: String(body).replaceAll(/\s+/g, ' ') }
  }
  return { state, clock, sqs, tables, logs, mails, texts, journal, request, get }
}

let system: ReturnType<typeof startPages>
beforeEach(() => (system = startPages()))
afterEach(() => {
  system.sqs.stop()
  system.state.close()
})

function publish(detailType: string, detail: object, source = 'desk.app') {
  const event = busEvent({ id: 'e-1', source, detailType, detail, resources: [], timeMs: system.clock.now() })
  system.journal.addEvent({ atMs: system.clock.now(), busName: 'library', event })
}

function loansWithDeadLetters() {
  const { sqs } = system
  const deadLetters = createQueue(sqs, 'loans-dlq')
  const redrive = { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 1 }
  return createQueue(sqs, 'loans', { RedrivePolicy: redrive })
}

async function shelves() {
  const execute = (operation: string, input: object) =>
    system.tables.execute(operation, { TableName: 'shelves', ...input })
  const KeySchema = [
    { AttributeName: 'PK', KeyType: 'HASH' },
    { AttributeName: 'SK', KeyType: 'RANGE' },
  ]
  const AttributeDefinitions = [
    { AttributeName: 'PK', AttributeType: 'S' },
    { AttributeName: 'SK', AttributeType: 'N' },
  ]
  await execute('CreateTable', { KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' })
  return (PK: string, SK: number, more = {}) =>
    execute('PutItem', { Item: { PK: { S: PK }, SK: { N: String(SK) }, ...more } })
}

describe('requests', () => {
  test('the start page lists the pages and the outputs, without secrets', async () => {
    const { status, text } = await system.get('/')
    expect(status).toBe(200)
    for (const address of ['/queues', '/tables', '/events', '/timeline', '/mailbox']) {
      expect(text).toContain(`href="${address}"`)
    }
    expect(text).toContain('<a href="http://127.0.0.1:3000">')
    expect(text).not.toContain('k-1')
    expect(text).not.toContain(hostile)
  })

  test('a signed request and one that does not accept HTML is not for the start page', async () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=local/20260102/us-east-1/s3/aws4_request'
    const others: Record<string, string>[] = [{ authorization }, { accept: '*/*' }]
    for (const headers of others) {
      expect(String((await system.request('/', { headers })).body)).not.toContain('Local system')
    }
  })

  test('the pages run only their own script, have no inline handlers and appear in no frame', async () => {
    const { headers, body } = await system.request('/')
    const policy = headers!['content-security-policy']!
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+';/)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(String(body)).not.toMatch(/ style=| on[a-z]+=/)
  })

  test.each(['/', '/queues', '/tables', '/events', '/timeline'])(
    '%s is closed to pages of other sites',
    async (path) => {
      expect((await system.request(path, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
    },
  )

  test.each([
    ['/queues/unknown', 'Queue not found'],
    ['/tables/unknown', 'Table not found'],
    ['/tables/x', 'Table not found'],
    ['/queues/a/b', 'Page not found'],
    ['/events/unknown', 'Page not found'],
    [`/queues/${encodeURIComponent(hostile)}`, 'Queue not found'],
  ])('%s has status 404', async (path, title) => {
    const { status, text } = await system.get(path)
    expect(status).toBe(404)
    expect(text).toContain(`<h1>${title}</h1>`)
    expect(text).not.toContain(hostile)
  })

  test('the pages are read-only', async () => {
    expect((await system.request('/queues', { method: 'POST' })).status).toBe(405)
  })

  test.each([
    ['/queues', 'The templates create no queues.'],
    ['/tables', 'The templates create no tables.'],
    ['/events', 'No events since the start.'],
    ['/events?type=x', 'No events match.'],
    ['/timeline?id=c-100', 'Nothing contains c-100.'],
    ['/timeline?id=c', 'at least 4 characters'],
  ])('%s without content: %s', async (path, text) => {
    expect((await system.get(path)).text).toContain(text)
  })
})

describe('queues', () => {
  test('a queue is listed with its depth and its dead-letter queue', async () => {
    const { arn } = loansWithDeadLetters()
    for (const delaySeconds of [0, 0, 60]) system.sqs.send(arn, { body: 'x', delaySeconds })
    await system.sqs.receive(arn, { max: 1, waitMs: 0 })
    const { text } = await system.get('/queues')
    expect(text.replaceAll(/<[^>]+>|\s+/g, ' ')).toMatch(/ loans +1 +1 +1 +loans-dlq +empty /)
    expect((await system.get('/queues/loans')).text).toContain('1 waiting, 1 in flight, 1 delayed.')
  })

  test('messages are shown with body, attributes, receive count and age, and reading them does not receive them', async () => {
    const { arn } = loansWithDeadLetters()
    const attributes = { Desk: { DataType: 'String', StringValue: hostile } }
    system.sqs.send(arn, { body: JSON.stringify({ book: hostile, correlationId: 'c-100' }), attributes })
    await system.clock.advance(125_000)
    const before = system.sqs.depths()
    await system.get('/queues/loans')
    const { text } = await system.get('/queues/loans')
    expect(system.sqs.depths()).toEqual(before)
    expect(text).toContain('<b>waiting</b>, received 0 times, sent 2 min ago')
    expect(text).toContain('&quot;book&quot;: &quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot;')
    expect(text).toContain('href="/timeline?id=c-100"')
    expect(text).not.toContain(hostile)
    expect(await system.sqs.receive(arn, { max: 1, waitMs: 0 })).toMatchObject([
      { attributes: { ApproximateReceiveCount: '1' } },
    ])
  })

  test('a dead letter names the queue it came from', async () => {
    const { arn } = loansWithDeadLetters()
    system.sqs.send(arn, { body: 'overdue' })
    await system.sqs.receive(arn, { max: 1, waitMs: 0, visibilityTimeoutSeconds: 0 })
    await system.sqs.receive(arn, { max: 1, waitMs: 0 })
    expect((await system.get('/queues')).text).toContain('1 message</strong>')
    expect((await system.get('/queues/loans-dlq')).text).toMatch(/received 1 time, .*, from loans/)
  })

  test('secrets of a message are hidden, at any depth', async () => {
    const { arn } = loansWithDeadLetters()
    const inner = JSON.stringify({ password: 'sesame' })
    system.sqs.send(arn, { body: JSON.stringify({ accessToken: 'abc123', inner, code: 'eyJhbGciOiJI.eyJzdWIi.c2ln' }) })
    const { text } = await system.get('/queues/loans')
    expect(text).toContain('[hidden]')
    expect(text).not.toMatch(/abc123|sesame|eyJ/)
  })
})

describe('tables', () => {
  test('items are found by the beginning of their keys, and secrets are hidden', async () => {
    const put = await shelves()
    await put('BOOK#1', 1, {
      title: { S: hostile },
      token: { S: 'abc123' },
      tags: { L: [{ SS: ['old'] }, { NULL: true }] },
    })
    await put('BOOK#1', 2)
    await put('DESK#1', 1)
    expect((await system.get('/tables')).text).toMatch(/shelves<\/a\s*> *<\/td>.*PK, SK.*3/)
    const { text } = await system.get('/tables/shelves?prefix=BOOK')
    expect(text).toContain('2 items')
    expect(text).not.toContain('DESK#1')
    expect(text).not.toMatch(/abc123|<script>alert/)
    expect((await system.get('/tables/shelves?prefix=BOOK&sort=2')).text).toContain('> 1 item <')
    expect((await system.get('/tables/shelves?prefix=CAR')).text).toContain('No items with these keys.')
  })

  test('more than 50 items are on several pages', async () => {
    const put = await shelves()
    for (let number = 0; number < 120; number++) await put(`BOOK#${number % 7}`, number)
    const found: string[] = []
    let address: string | undefined = '/tables/shelves?prefix=BOOK'
    while (address !== undefined) {
      const { text } = await system.get(address)
      found.push(...[...text.matchAll(/<code>BOOK#\d<\/code> <code>(\d+)<\/code>/g)].map(([, number]) => number!))
      const next: string | undefined = /<a href="([^"]+)" rel="next"/.exec(text)?.[1]
      address = next && `/tables/shelves${next.replaceAll('&amp;', '&')}`
    }
    expect(new Set(found).size).toBe(120)
    expect(found).toHaveLength(120)
    expect((await system.get('/tables/shelves?after=x')).status).toBe(400)
  })
})

test('the last events are listed, newest first, and filtered by detail type and source', async () => {
  publish('BookLent', { title: hostile, metadata: { correlationId: 'c-100' } })
  publish('BookReturned', {}, 'shelf.app')
  const { text } = await system.get('/events')
  expect(text.indexOf('BookReturned')).toBeLessThan(text.indexOf('BookLent'))
  expect(text).toContain('href="/timeline?id=c-100"')
  expect(text).not.toContain(hostile)
  expect((await system.get('/events?type=lent')).text).not.toContain('BookReturned')
  expect((await system.get('/events?source=shelf')).text).not.toContain('BookLent')
})

test('the number of events is of all that match, also of those that the page does not show', async () => {
  for (let count = 0; count < 300; count += 1) publish('BookLent', {})
  expect((await system.get('/events')).text).toContain('300 events since the start, the newest 200 shown, newest first')
  for (let count = 0; count < 300; count += 1) publish('BookReturned', {})
  expect((await system.get('/events?type=lent')).text).toContain('200 events of the last 500, newest first')
  expect((await system.get('/')).text).toContain('500 events of the last 500, on all buses')
})

test('the heading of a column of numbers is above them', async () => {
  loansWithDeadLetters()
  const { text } = await system.get('/queues')
  expect(text).toContain('<th scope="col" class="number">Waiting</th>')
  expect(text).toContain('<th scope="col" class="">Queue</th>')
})

test('the journal keeps the last 500 events and 2,000 lines', () => {
  for (let number = 0; number < 2100; number++) {
    publish(`Event${number}`, {})
    system.journal.addLine({ kind: 'warning', time: number, text: 'x' })
  }
  expect(system.journal.events).toHaveLength(500)
  expect(system.journal.events[0]!.event['detail-type']).toBe('Event1600')
  expect(system.journal.lines).toHaveLength(2000)
})

describe('timeline', () => {
  /** A loan: a request, an invocation, log lines, an event, an email and a dead letter, of which some name only the correlation id. */
  function lend() {
    const { journal, logs, mails, texts, sqs, clock } = system
    const start = clock.now()
    const lent = { ...requestLine, method: 'POST', status: 201, correlationId: 'c-100' }
    journal.addLine({ ...lent, atMs: start })
    journal.addLine({ ...requestLine, atMs: start + 900, path: '/loans/loan-7' })
    const invoked = { ...invocation, durationMs: 8, cold: true, messages: [], correlationIds: ['c-100'] }
    journal.addLine({ ...invoked, time: start + 1, functionName: 'desk-lend', requestId: 'i-1' })
    const failure = { error: 'Error: no shelf', place: 'fine.ts:3' }
    journal.addLine({ ...invoked, ...failure, time: start + 30, functionName: 'fine', requestId: 'i-2' })
    const unrelated = { functionName: 'unrelated', correlationIds: ['c-200'], requestId: 'i-3' }
    journal.addLine({ ...invoked, ...unrelated, time: start + 40 })
    const log = (line: object) =>
      logs.append('/aws/lambda/desk-lend', 's', [{ timestampMs: start + 5, message: JSON.stringify(line) }])
    log({ level: 'INFO', message: `Lent ${hostile}`, correlation_id: 'c-100', loanId: 'loan-7' })
    log({ time: 't', type: 'platform.report', record: { requestId: 'c-100' } })
    publish('BookLent', { loanId: 'loan-7', metadata: { correlationId: 'c-100' } })
    mails.add({
      from: 'desk@library.example',
      replyTo: [],
      destination: { to: ['anna@reader.example'], cc: [], bcc: [] },
      subject: 'You borrowed loan-7',
      body: {},
    })
    const text = { PhoneNumber: '+353861234567', Message: 'Your loan-7 is due' }
    texts.wire.operations['Publish']!.handle(text, { principal: { kind: 'administrator' }, requestId: 'r' })
    loansWithDeadLetters()
    sqs.send(sqs.attributesOf(sqs.depths()[0]!.arn).redrive!.deadLetterTargetArn, { body: '{"loanId":"loan-7"}' })
  }

  const rowsOf = (text: string) =>
    [...text.matchAll(/<tr>\s*<td class="number" data-column="After">(.*?)<\/tr>/g)].map(
      ([, row]) =>
        (row!.includes('class="failed"') ? 'FAILED ' : '') + row!.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' '),
    )

  test('the id of a resource shows all that happened with it, by time', async () => {
    lend()
    const { text } = await system.get('/timeline?id=loan-7')
    expect(text).not.toContain(hostile)
    expect(text).not.toContain('unrelated')
    const rows = rowsOf(text)
    expect(
      rows.map((row) =>
        /^(FAILED )?(\+\d+ ms) (request|invocation|log|event|email|text message|dead letter)/
          .exec(row)
          ?.slice(1)
          .join(' ')
          .trim(),
      ),
    ).toEqual(
      expect.arrayContaining([
        '+0 ms request',
        '+0 ms event',
        '+0 ms email',
        '+0 ms text message',
        'FAILED  +0 ms dead letter',
        '+1 ms invocation',
        '+5 ms log',
        'FAILED  +30 ms invocation',
      ]),
    )
    expect(rows).toHaveLength(8)
    expect(rows.at(-1)).toContain('fine 8 ms, cold, failed: Error: no shelf fine.ts:3')
    expect(text).toContain('<a href="/timeline?id=c-100">c-100</a>')
  })

  test('successful reads are shown on demand', async () => {
    lend()
    expect((await system.get('/timeline?id=loan-7')).text).toContain('1 successful read not shown')
    expect(rowsOf((await system.get('/timeline?id=loan-7&reads=1')).text)).toHaveLength(9)
  })

  test('an id is text, not a pattern', async () => {
    lend()
    expect(rowsOf((await system.get('/timeline?id=c-1%25')).text)).toHaveLength(0)
    expect((await system.get(`/timeline?id=${encodeURIComponent(hostile)}`)).text).not.toContain(hostile)
  })
})
