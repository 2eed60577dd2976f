import { readForm } from './post-object.ts'

const read = (body: string, type = 'multipart/form-data; boundary=seam') =>
  readForm({
    method: 'POST',
    path: '/scans',
    query: new URLSearchParams(),
    headers: { 'content-type': type },
    body: Buffer.from(body, 'latin1'),
  })

const part = (name: string, value: string, more = '') =>
  `--seam\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
const end = '--seam--\r\n'

test('a file may have any bytes except the boundary', async () => {
  const bytes = '\r\n--\r\n\r\n--se\r\n--SEAM--\r\n\r\n\x00\xff--'
  expect((await read(part('file', bytes, '; filename="a"') + end)).file.toString('latin1')).toBe(bytes)
})

test('field names are case-insensitive, and fields after the file are ignored', async () => {
  const form = await read(`${part('Key', 'a')}${part('FILE', 'x', '; filename="a.b"')}${part('late', 'y')}${end}`)
  expect([...form.fields]).toEqual([['key', 'a']])
  expect(form.file).toEqual(Buffer.from('x'))
})

test.each(['multipart/form-data; boundary="seam"', 'Multipart/Form-Data; charset=utf-8; boundary=seam'])(
  'the boundary is read from %s',
  async (type) => {
    expect((await read(part('file', '') + end, type)).file).toHaveLength(0)
  },
)

test.each([
  ['no boundary', 'plain text', 'MalformedPOSTRequest'],
  ['no end', part('file', 'x'), 'MalformedPOSTRequest'],
  ['a part without a name', `--seam\r\nContent-Type: a/b\r\n\r\nx\r\n${end}`, 'MalformedPOSTRequest'],
  ['no file', part('key', 'a') + end, 'IncorrectNumberOfFilesInPostRequest'],
  ['a field twice', part('key', 'a') + part('KEY', 'b') + part('file', 'x') + end, 'InvalidArgument'],
])('a body with %s is rejected', async (_, body, name) => {
  await expect(read(body)).rejects.toMatchObject({ name })
})

test('a form over 32 MB is rejected before it is parsed', async () => {
  const parse = jest.spyOn(Response.prototype, 'formData')
  await expect(read(part('file', 'x'.repeat(33 * 1024 * 1024)) + end)).rejects.toMatchObject({ name: 'EntityTooLarge' })
  expect(parse).not.toHaveBeenCalled()
  parse.mockRestore()
})

test.each(['application/x-www-form-urlencoded', 'multipart/form-data', ''])('the type %s is rejected', async (type) => {
  await expect(read(part('file', 'x') + end, type)).rejects.toMatchObject({ name: 'PreconditionFailed' })
})
