import { readFileSync, writeFileSync } from 'node:fs'
import { newStateFile } from '../test/folders.ts'
import { State } from './state.ts'

function counter(): State {
  const state = new State(':memory:')
  state.define('CREATE TABLE IF NOT EXISTS n (value INTEGER)')
  return state
}

test('a transaction that throws is rolled back and runs no afterCommit callback', () => {
  const state = counter()
  const called: string[] = []
  expect(() =>
    state.transaction(() => {
      state.run('INSERT INTO n VALUES (1)')
      state.afterCommit(() => called.push('rolled back'))
      throw new Error('no')
    }),
  ).toThrow('no')
  state.transaction(() => state.afterCommit(() => called.push('committed')))
  expect(state.all('SELECT * FROM n')).toEqual([])
  expect(called).toEqual(['committed'])
})

test('a nested transaction joins the outer one', () => {
  const state = counter()
  expect(() =>
    state.transaction(() => {
      state.transaction(() => state.run('INSERT INTO n VALUES (1)'))
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(state.get<{ c: number }>('SELECT COUNT(*) AS c FROM n')?.c).toBe(0)
})

test('a nested transaction that throws is rolled back without the outer one', () => {
  const state = counter()
  const called: string[] = []
  const write = (value: number) => {
    state.run('INSERT INTO n VALUES (?)', value)
    state.afterCommit(() => called.push(`wrote ${value}`))
  }
  const failing = () =>
    state.transaction(() => {
      write(2)
      state.transaction(() => write(3))
      throw new Error('no')
    })
  state.transaction(() => {
    write(1)
    expect(failing).toThrow('no')
    state.transaction(() => write(4))
    expect(called).toEqual([])
  })
  expect(state.all('SELECT value FROM n')).toEqual([{ value: 1 }, { value: 4 }])
  expect(called).toEqual(['wrote 1', 'wrote 4'])
})

test('a full disk in a nested transaction rolls back the outer one and is the error thrown', () => {
  const failures: string[] = []
  const state = new State(':memory:', (failure) => failures.push(failure))
  state.define('CREATE TABLE IF NOT EXISTS n (value TEXT)')
  state.define('PRAGMA max_page_count = 3')
  const fill = () => {
    for (let count = 0; count < 100; count += 1) state.run('INSERT INTO n VALUES (?)', 'x'.repeat(1000))
  }
  expect(() => state.transaction(() => state.transaction(fill))).toThrow('full')
  expect(failures).toEqual(['full'])
  expect(state.all('SELECT * FROM n')).toEqual([])
})

test('damage found by iterate is reported', () => {
  const file = newStateFile()
  const failures: string[] = []
  const before = new State(file)
  before.define('CREATE TABLE n (value TEXT)')
  for (let row = 0; row < 500; row += 1) before.run('INSERT INTO n VALUES (?)', 'x'.repeat(100))
  before.close()
  writeFileSync(file, readFileSync(file).fill(0xab, 3 * 4096, 6 * 4096))
  const state = new State(file, (failure) => failures.push(failure))
  expect(() => [...state.iterate('SELECT * FROM n')]).toThrow('malformed')
  expect(failures).toEqual(['damaged'])
  state.close()
})

test('a full disk is reported, and committed rows stay readable', () => {
  const failures: string[] = []
  const state = new State(':memory:', (failure) => failures.push(failure))
  state.define('CREATE TABLE IF NOT EXISTS n (value TEXT)')
  state.run('INSERT INTO n VALUES (?)', 'committed')
  state.define('PRAGMA max_page_count = 3')
  expect(() =>
    state.transaction(() => {
      for (let count = 0; count < 100; count += 1) state.run('INSERT INTO n VALUES (?)', 'x'.repeat(1000))
    }),
  ).toThrow('full')
  expect(failures).toEqual(['full'])
  expect(state.all('SELECT * FROM n')).toEqual([{ value: 'committed' }])
})

test('an invalid statement is not reported as a failure of the state file', () => {
  const failures: string[] = []
  const state = new State(':memory:', (failure) => failures.push(failure))
  expect(() => state.run('INSERT INTO absent VALUES (1)')).toThrow('no such table')
  expect(failures).toEqual([])
})
