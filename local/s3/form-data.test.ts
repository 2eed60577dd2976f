import { readForm } from './post-object.ts'

const read = (body: string, type = 'multipart/form-data; boundary=b') =>
  readForm({
    method: 'POST',
    path: '/scans',
    query: new URLSearchParams(),
    headers: { 'content-type': type },
    body: Buffer.from(body, 'latin1'),
  })

const part = (name: string, value: string, more = '') =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
const end = '--b--\r\n'

test('bytes that resemble the boundary belong to the file', () => {
  const bytes = '\r\n--b\r--b\r\n\r\n--bb\r\n--B--\r\n\r\n\x00\xff--b--'
  expect(read(part('file', bytes) + end).file.toString('latin1')).toBe(bytes)
})

test('field names are case-insensitive, and fields after the file are ignored', () => {
  const form = read(`${part('Key', 'a')}${part('FILE', 'x', '; filename="a.b"')}${part('late', 'y')}${end}`)
  expect([...form.fields]).toEqual([['key', 'a']])
  expect(form.file).toEqual(Buffer.from('x'))
})

test.each([
  'multipart/form-data; boundary="b"',
  'Multipart/Form-Data;boundary=b',
  'multipart/form-data; charset=utf-8; boundary=b',
])('the boundary is read from %s', (type) => {
  expect(read(part('file', '') + end, type).file).toHaveLength(0)
})

test.each([
  ['no boundary', 'plain text', 'MalformedPOSTRequest'],
  ['nothing', '', 'MalformedPOSTRequest'],
  ['no end', part('file', 'x'), 'MalformedPOSTRequest'],
  ['an end within the headers', '--b\r\nContent-Disposition: form-data; name="file"', 'MalformedPOSTRequest'],
  ['a part without a name', `--b\r\nContent-Type: a/b\r\n\r\nx\r\n${end}`, 'MalformedPOSTRequest'],
  ['no file', part('key', 'a') + end, 'IncorrectNumberOfFilesInPostRequest'],
  ['a field twice', part('key', 'a') + part('KEY', 'b') + part('file', 'x') + end, 'InvalidArgument'],
])('a body with %s is rejected', (_, body, name) => {
  expect(() => read(body)).toThrow(expect.objectContaining({ name }))
})

test.each(['application/x-www-form-urlencoded', 'multipart/form-data', ''])('the type %s is rejected', (type) => {
  expect(() => read(part('file', 'x') + end, type)).toThrow(expect.objectContaining({ name: 'PreconditionFailed' }))
})
