import { responseTimeoutMs } from '../config.ts'
import { ApiFailure } from './failure.ts'
import { checkImage, isRejection, uploadImage, type UploadOutcome } from './image-upload.ts'

test.each([
  [{ type: 'image/png', size: 1 }, 'image/png', false],
  [{ type: 'image/webp', size: 15 * 1024 * 1024 }, 'image/webp', false],
  [{ type: 'image/png', size: 15 * 1024 * 1024 + 1 }, 'too-many-bytes', true],
  [{ type: 'image/gif', size: 1 }, 'unsupported-type', true],
  [{ type: '', size: 1 }, 'unsupported-type', true],
  [{ type: 'image/jpeg', size: 0 }, 'corrupt', true],
])('%j is %s before it is sent', (file, outcome, isRejected) => {
  expect(checkImage(file)).toBe(outcome)
  expect(isRejection(checkImage(file))).toBe(isRejected)
})

const file = new File(['content'], 'ada.png', { type: 'image/png' })
const form = { uploadId: 'upl_1', url: 'http://bucket', fields: {}, expiresAt: '' }

/** The request that sends the file. */
function newRequest(send: () => void) {
  const request = Object.assign(new EventTarget(), {
    upload: new EventTarget(),
    status: 204,
    open: () => undefined,
    send,
    abort: jest.fn((): boolean => request.dispatchEvent(new Event('abort'))),
  })
  Object.assign(globalThis, {
    XMLHttpRequest: function XMLHttpRequest() {
      return request
    },
  })
  return request
}

test('a retry after the file was sent waits for the same upload', async () => {
  const request = newRequest(() => ['load', 'loadend'].forEach((type) => request.dispatchEvent(new Event(type))))
  const start = jest.fn(async () => form)
  const read = jest.fn(async () => ({ status: 'READY' as const }))
  read.mockRejectedValueOnce(new Error('Not available'))
  const upload = () => uploadImage({ file, start, read, onStep: () => undefined })
  await expect(upload()).rejects.toThrow('Not available')
  expect(await upload()).toEqual({ status: 'READY' })
  expect(start).toHaveBeenCalledTimes(1)
  // After an outcome, the same file is another upload.
  await upload()
  expect(start).toHaveBeenCalledTimes(2)
})

test('a retry after an upload stayed without an outcome sends the file again', async () => {
  jest.useFakeTimers()
  const request = newRequest(() => ['load', 'loadend'].forEach((type) => request.dispatchEvent(new Event(type))))
  const start = jest.fn(async () => form)
  const read = jest.fn(async (): Promise<UploadOutcome> => ({ status: 'PENDING' }))
  const upload = () => uploadImage({ file, start, read, onStep: () => undefined })
  const failures: unknown[] = []
  void upload().catch((error: unknown) => failures.push(error))
  while (failures.length === 0) {
    jest.advanceTimersByTime(1000)
    await Promise.resolve()
  }
  jest.useRealTimers()
  expect(failures[0]).toBeInstanceOf(ApiFailure)
  read.mockResolvedValueOnce({ status: 'READY' })
  expect(await upload()).toEqual({ status: 'READY' })
  expect(start).toHaveBeenCalledTimes(2)
})

test.each([[[]], [[1, 2, 3]]])('an upload that stops after %j of 4 parts ends', async (parts) => {
  jest.useFakeTimers()
  const { promise: sent, resolve: send } = Promise.withResolvers<void>()
  const request = newRequest(send)
  const onStep = jest.fn()
  const upload = uploadImage({
    file: new File(['content'], 'bob.png', { type: 'image/png' }),
    start: async () => form,
    read: async () => ({ status: 'READY' }),
    onStep,
  })
  const failure = expect(upload).rejects.toMatchObject({ code: 'timeout' })
  await sent
  for (const loaded of parts) {
    jest.advanceTimersByTime(responseTimeoutMs - 1)
    request.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded, total: 4 }))
  }
  expect(onStep).toHaveBeenLastCalledWith({ kind: 'sending', part: parts.length / 4 })
  expect(request.abort).not.toHaveBeenCalled()
  jest.advanceTimersByTime(responseTimeoutMs)
  await failure
  jest.useRealTimers()
})
