import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { bodyOf, type Api } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import { useApi } from '../../app-context.tsx'
import { emptyLog, extendLog, type EventLog } from './event-log.ts'

const queryKey = ['events', 'log']
const intervalMs = 1000
const longestIntervalMs = 30_000
const pageSize = 100
/** Of one poll, so that a page that was hidden for hours shows something soon. */
const maximumPages = 10

/** The events of the bus, read again each second while the page is visible, and less often while that fails. */
export function useEventLog({ isPaused }: { readonly isPaused: boolean }) {
  const api = useApi()
  const client = useQueryClient()
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => readNewer(api, client.getQueryData<EventLog>(queryKey) ?? emptyLog, signal),
    enabled: !isPaused,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
    refetchInterval: ({ state }) => Math.min(longestIntervalMs, intervalMs * 2 ** state.fetchFailureCount),
  })
}

async function readNewer(api: Api, known: EventLog, signal: AbortSignal): Promise<EventLog> {
  let log = known
  for (let page = 0; page < maximumPages; page += 1) {
    const after = log.cursor
    const response = await readPage(api, after, signal).catch((error: unknown) => {
      // The position is unknown, as after the data of a local system was deleted: begin with the latest events again.
      if (after !== undefined && error instanceof ApiFailure && [400, 422].includes(error.status)) return undefined
      throw error
    })
    if (!response) return readNewer(api, emptyLog, signal)
    log = extendLog(log, response)
    if (after === undefined || response.items.length < pageSize) break
  }
  return log
}

const readPage = (api: Api, after: string | undefined, signal: AbortSignal) =>
  bodyOf(
    api.GET('/admin/events', {
      params: { query: { limit: pageSize, ...(after === undefined ? {} : { after }) } },
      signal,
    }),
  )
