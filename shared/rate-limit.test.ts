import { countRequest, type RateWindow } from './rate-limit.ts'

const at = (time: string) => new Date(`2026-11-28T${time}Z`)
const minute = '2026-11-28T12:34'

test('requests of a minute are counted up to the limit, then rejected until the minute ends', () => {
  let window: RateWindow | undefined
  for (const requests of [1, 2, 3]) {
    const counted = countRequest(window, at('12:34:20.500'), 3)
    expect(counted).toEqual({ ok: true, value: { window: { minute, requests }, limitPerMinute: 3 } })
    if (counted.ok) window = counted.value.window
  }
  expect(countRequest(window, at('12:34:20.500'), 3)).toEqual({ ok: false, failure: { retryAfterSeconds: 40 } })
  expect(countRequest(window, at('12:34:59.999'), 3)).toEqual({ ok: false, failure: { retryAfterSeconds: 1 } })
})

test('the next minute starts again', () => {
  const counted = countRequest({ minute, requests: 3 }, at('12:35:00'), 3)
  expect(counted).toMatchObject({ ok: true, value: { window: { minute: '2026-11-28T12:35', requests: 1 } } })
})

test('the minute of a clock that is ahead is continued', () => {
  expect(countRequest({ minute, requests: 2 }, at('12:33:59'), 3)).toMatchObject({
    ok: true,
    value: { window: { minute, requests: 3 } },
  })
  expect(countRequest({ minute, requests: 3 }, at('12:33:59'), 3)).toEqual({
    ok: false,
    failure: { retryAfterSeconds: 61 },
  })
})
