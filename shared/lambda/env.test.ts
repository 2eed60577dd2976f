import * as z from 'zod'
import { readEnv } from './env.ts'

const variable = 'CARTWHEEL_TEST_VARIABLE'
const schema = z.object({ [variable]: z.string().min(1) })

afterEach(() => {
  delete process.env[variable]
})

test('returns the parsed environment', () => {
  process.env[variable] = 'table-1'
  expect(readEnv(schema)[variable]).toBe('table-1')
})

test('throws an error that names missing variables', () => {
  expect(() => readEnv(schema)).toThrow(variable)
})
