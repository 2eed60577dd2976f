import { simple, startSes } from '../ses/testing.ts'

let ses: Awaited<ReturnType<typeof startSes>>
beforeEach(async () => (ses = await startSes()))
afterEach(() => ses.stop())

const hostile = '<script>alert(1)</script>"\'&'

const part = (Data: string | undefined) => (Data === undefined ? undefined : { Data, Charset: 'UTF-8' })

async function send(subject: string, body: { html?: string; text?: string } = { text: 'Come by.' }) {
  const Simple = {
    Subject: { Data: subject, Charset: 'UTF-8' },
    Body: { Html: part(body.html), Text: part(body.text) },
  }
  return (await ses.sdk.sendEmail({ ...simple(), Content: { Simple } })).MessageId!
}

const get = async (path = '') => {
  const response = await fetch(ses.mailboxUrl + path)
  return {
    status: response.status,
    policy: response.headers.get('content-security-policy'),
    // Line breaks and indentation between elements have no meaning.
    body: (await response.text()).replaceAll(/\s*\n\s*/g, ''),
  }
}

test('the page of an empty mailbox shows that there are no emails', async () => {
  expect((await get()).body).toContain('No emails yet')
})

test('the page lists the newest email first and updates itself', async () => {
  await send('The first')
  const newest = await send('The second')
  const { body } = await get()
  expect(body.indexOf('The second')).toBeLessThan(body.indexOf('The first'))
  expect(body).toContain(`href="/mailbox/${newest}"`)
  expect(body).toContain('2 emails')
  expect(body).toContain('class="live"')
})

test('the list shows the beginning of an email, up to a whole word', async () => {
  await send('One', { text: `${'word '.repeat(23)}longer-than-the-rest` })
  await send('Two', { text: 'Come by.' })
  const { body } = await get()
  expect(body).toContain(`${'word '.repeat(23)}…<`)
  expect(body).toContain('>Come by.<')
})

test('an email has a page with its sandboxed HTML and its text', async () => {
  const id = await send('One', { html: '<h1>Come by</h1>', text: 'Come <by>' })
  const { body } = await get(`/${id}`)
  expect(body).toMatch(
    new RegExp(`<iframe[^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"[^>]*src="/mailbox/${id}/html"`),
  )
  expect(body).toContain('<pre tabindex="0">Come &lt;by&gt;</pre>')
  expect((await get('/unknown')).body).toContain('This email does not exist.')
})

test('the HTML of an email may not run scripts or load remote content', async () => {
  const id = await send('One', { html: '<!doctype html><p>Hi</p><script>alert(1)</script>' })
  const { body, policy } = await get(`/${id}/html`)
  expect(body).toBe('<!doctype html><base target="_blank"><p>Hi</p><script>alert(1)</script>')
  expect(policy).toMatch(/^sandbox /)
  expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/)
  expect(policy).toContain("default-src 'none'")
})

test('the page escapes the content of emails', async () => {
  const id = await send(hostile, { text: hostile })
  for (const path of ['', `/${id}`]) expect((await get(path)).body).not.toContain('<script>alert')
})

test('/mailbox/store lists emails since a time, oldest first', async () => {
  await send('The first')
  await ses.clock.advance(5000)
  await send('The second')
  const at = ses.clock.now() / 1000
  expect((await ses.emails()).map(({ subject }) => subject)).toEqual(['The first', 'The second'])
  expect((await ses.emails(`?since=${at}`)).map(({ subject }) => subject)).toEqual(['The second'])
  expect(await ses.emails(`?since=${at + 1}`)).toEqual([])
  expect((await get('/store?since=yesterday')).status).toBe(400)
})

test('/mailbox/store?to= lists what was sent to one recipient', async () => {
  const deliver = (to: string) =>
    ses.service.deliver({ from: 'no-reply@x.example', to, subject: to, html: '', text: '' })
  for (const to of ['anna@reader.example', '"Ben" <ben@reader.example>', 'anna.b@reader.example']) deliver(to)
  const subjects = async (to: string) =>
    (await ses.emails(`?to=${encodeURIComponent(to)}`)).map(({ subject }) => subject)
  expect(await subjects('anna@reader.example')).toEqual(['anna@reader.example'])
  expect(await subjects('ben@reader.example')).toEqual(['"Ben" <ben@reader.example>'])
  expect(await subjects('no-reply@x.example')).toEqual([])
})

test('the mailbox shows emails of other services', async () => {
  ses.service.deliver({
    from: 'no-reply@x.example',
    to: 'anna@reader.example',
    subject: 'Your code',
    html: '<b>1</b>',
    text: '1',
  })
  expect(await ses.emails()).toMatchObject([
    { destination: { to: ['anna@reader.example'] }, body: { html: '<b>1</b>', text: '1' } },
  ])
})

test('pages of other sites have no access', async () => {
  for (const path of ['', '/store', '/1', '/1/html']) {
    const page = await fetch(ses.mailboxUrl + path, { headers: { origin: 'https://evil.example' } })
    expect(page.status).toBe(403)
  }
})

test('unknown paths and methods are rejected', async () => {
  expect((await get('/nothing')).status).toBe(404)
  expect((await get('/unknown/html')).status).toBe(404)
  expect((await fetch(ses.mailboxUrl, { method: 'DELETE' })).status).toBe(405)
})
