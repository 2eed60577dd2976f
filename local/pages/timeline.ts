import { parsedJson } from '../json.ts'
import type { LogStore } from '../logs/log-store.ts'
import type { MailStore } from '../ses/mail-store.ts'
import type { SqsService } from '../sqs/service.ts'
import { formatLine } from '../system/format-line.ts'
import type { LocalLine } from '../system/line.ts'
import type { WireResponse } from '../wire/service.ts'
import type { SnsService } from '../sns/service.ts'
import type { Journal } from './events.ts'
import { page, searchForm, table } from './frame.ts'
import { correlationIdsIn, counted, foldable, html, time, timelineLink, type Html } from './html.ts'

/** How far back it searches; the work of a page does not grow with the age of the system. */
const searchedLogLines = 20_000
const searchedMails = 500
const searchedMessages = 200

const shownEntries = 1000

/** A shorter text is part of nearly everything. */
const leastIdLength = 4

/** An id that belongs to more correlation ids, such as a product's, is shown with the newest ones. */
const followedIds = 40

export interface TimelineSources {
  readonly journal: Journal
  readonly logs: LogStore
  readonly mails: MailStore
  readonly texts: Pick<SnsService, 'since'>
  readonly sqs: SqsService
}

interface Entry {
  readonly atMs: number
  readonly what:
    | 'request'
    | 'invocation'
    | 'log'
    | 'event'
    | 'email'
    | 'text message'
    | 'message'
    | 'dead letter'
    | 'denied'
    | 'other'
  readonly text: unknown
  readonly isFailure?: boolean
  /** A request that changed nothing and succeeded, and is not what was asked for. */
  readonly isRead?: boolean
}

/**
 * Everything that happened with an id: what contains it, and what has a correlation id of an event or a log line that
 * contains it. So the id of a resource shows all requests that changed it, with their consequences.
 */
export function timelinePage(sources: TimelineSources, query: URLSearchParams, nowMs: number): WireResponse {
  const id = query.get('id')?.trim() ?? ''
  const isLongEnough = id.length >= leastIdLength
  const body = html`${searchForm([{ name: 'id', label: 'A correlation id, or any other id', value: id }])}
  ${isLongEnough ? timeline(sources, id, query.has('reads'), nowMs) : html`<p class="muted">Requests, invocations, log lines, events, emails, text messages and queue messages with an id of at least ${leastIdLength} characters, by time. Requests and invocations are known since the start of the system.</p>`}`
  return page({ title: id === '' ? 'Timeline' : `Timeline of ${id}`, current: '/timeline', body })
}

function timeline(sources: TimelineSources, id: string, withReads: boolean, nowMs: number): Html {
  const ids = [...new Set([id, ...correlationIdsOf(sources, id)])].slice(0, followedIds)
  // A request is reported when it has ended, and precedes what it caused in the same millisecond.
  const all = entriesOf(sources, ids, id).toSorted((a, b) => a.atMs - b.atMs || rank(a) - rank(b))
  const reads = all.filter(({ isRead }) => isRead).length
  const entries = all.filter(({ isRead }) => withReads || !isRead).slice(-shownEntries)
  const startMs = entries[0]?.atMs ?? nowMs
  const rows = entries.map(({ atMs, what, text, isFailure }) => [
    `+${(atMs - startMs).toLocaleString('en-US')} ms`,
    html`<span class="${isFailure ? 'failed' : 'muted'}">${what}</span>`,
    text,
    time(atMs, nowMs, { milliseconds: true }),
  ])
  const followed = ids.filter((each) => each !== id)
  return html`<p class="muted" role="status">
      ${counted(entries.length, 'record')}${reads > 0 && html`, ${counted(reads, 'successful read')} ${withReads ? 'shown' : html`not shown (<a href="?id=${encodeURIComponent(id)}&reads=1">show</a>)`}`}
    </p>
    ${
      followed.length > 0 &&
      html`<details>
        <summary>${counted(followed.length, 'correlation id')}</summary>
        <ul>
          ${followed.map((each) => html`<li>${timelineLink(each)}</li>`)}
        </ul>
      </details>`
    }
    ${table(['After', 'What', 'Details', 'Time'], rows, `Nothing contains ${id}.`)}`
}

const rank = ({ what }: Entry) => (what === 'request' ? 0 : 1)

function correlationIdsOf({ journal, logs }: TimelineSources, id: string): string[] {
  const isAbout = containing([id])
  const events = journal.events.map(({ event }) => JSON.stringify(event)).filter(isAbout)
  const lines = logs.containing([id], searchedLogLines).map(({ message }) => message)
  return [...events, ...lines].flatMap(correlationIdsIn).toReversed()
}

/** Whether JSON contains one of the texts. */
function containing(texts: readonly string[]): (json: string) => boolean {
  const escaped = texts.map((text) => JSON.stringify(text).slice(1, -1))
  return (json) => escaped.some((text) => json.includes(text))
}

function entriesOf({ journal, logs, mails, texts, sqs }: TimelineSources, ids: readonly string[], id: string): Entry[] {
  const isAbout = containing(ids)
  const about = <T>(values: readonly T[]) => values.filter((value) => isAbout(JSON.stringify(value)))
  return [
    ...about(journal.lines).flatMap((line) => lineEntry(line, id) ?? []),
    ...logs.containing(ids, searchedLogLines).flatMap((line) => logEntry(line) ?? []),
    ...about(journal.events).map(({ atMs, event }): Entry => ({
      atMs,
      what: 'event',
      text: foldable(html`<b>${event['detail-type']}</b> ${event.source}`, event.detail),
    })),
    ...about(mails.newest(searchedMails)).map((mail): Entry => ({
      atMs: mails.sentMs(mail),
      what: 'email',
      text: html`<a href="/mailbox/${encodeURIComponent(mail.messageId)}">${mail.subject}</a> to
        ${mail.destination.to.join(', ')}`,
    })),
    ...about(texts.since(0).slice(-searchedMails)).map(({ sentMs, at, phoneNumber, message }): Entry => ({
      atMs: sentMs ?? at * 1000,
      what: 'text message',
      text: html`${message} to ${phoneNumber}`,
    })),
    ...sqs.depths().flatMap(({ name }) => {
      const isDeadLetter = sqs.sourcesOf(name).length > 0
      return about(sqs.peek(name, searchedMessages)).map(({ body, sentMs, receiveCount, state }): Entry => ({
        atMs: sentMs,
        what: isDeadLetter ? 'dead letter' : 'message',
        isFailure: isDeadLetter,
        text: html`<a href="/queues/${encodeURIComponent(name)}">${name}</a> ${state}, received
          ${counted(receiveCount, 'time')}${foldable('Body', body)}`,
      }))
    }),
  ]
}

function lineEntry(line: LocalLine, id: string): Entry | undefined {
  switch (line.kind) {
    case 'request': {
      const { atMs, method, path, status, durationMs, requestId, correlationId, reason = '' } = line
      const isRead = method === 'GET' && status < 400 && id !== requestId && id !== correlationId
      const text = html`<b>${method} ${path}</b> ${status}, ${durationMs.toFixed(0)} ms ${reason}`
      return { atMs, what: 'request', text, isRead, isFailure: status >= 500 }
    }
    case 'invocation': {
      const { time: atMs, functionName, durationMs, cold, error, place } = line
      const text = html`<b>${functionName}</b> ${durationMs.toFixed(0)} ms,
        ${cold ? 'cold' : 'warm'}${error === undefined ? ', succeeded' : html`, failed: ${error} ${place}`}`
      return { atMs, what: 'invocation', text, isFailure: error !== undefined }
    }
    default: {
      const text = formatLine(line, { color: false })
      const isFailure = line.kind === 'denied'
      return text === undefined ? undefined : { atMs: line.time, what: isFailure ? 'denied' : 'other', text, isFailure }
    }
  }
}

/** Lines of Lambda and of API Gateway are left out: they are in the list as invocations and requests. */
function logEntry(line: ReturnType<LogStore['containing']>[number]): Entry | undefined {
  const { level, message: text, ...more } = Object(parsedJson(line.message))
  if (typeof text !== 'string') return undefined
  const name = line.group.slice(line.group.lastIndexOf('/') + 1)
  const summary = html`<b>${level}</b> ${text} <span class="muted">${name}</span>`
  const isFailure = ['ERROR', 'FATAL', 'CRITICAL'].includes(level)
  return { atMs: line.timestampMs, what: 'log', text: foldable(summary, more), isFailure }
}
