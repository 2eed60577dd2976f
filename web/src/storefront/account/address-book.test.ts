import type { Api } from '../../api/client.ts'
import { changeBook, maxAddresses, rowsOf, saveAddress } from './address-book.ts'

const address = (name: string) =>
  ({ name, line1: '1 Main Street', city: 'Cork', postalCode: 'T12 AB34', country: 'IE' }) as const
const [ada, bob, cid] = [address('Ada'), address('Bob'), address('Cid')]

test('an address is added at the end, replaced in its place, and removed', () => {
  expect(changeBook([ada], { kind: 'add', address: bob })).toEqual({ addresses: [ada, bob], position: 1 })
  const replaced = changeBook([ada, bob], { kind: 'replace', before: ada, address: cid })
  expect(replaced).toEqual({ addresses: [cid, bob], position: 0 })
  expect(changeBook([ada, bob], { kind: 'remove', before: ada }).addresses).toEqual([bob])
})

test('a book that another tab has changed loses nothing', () => {
  expect(changeBook([bob, ada], { kind: 'replace', before: ada, address: cid }).addresses).toEqual([bob, cid])
  expect(changeBook([bob], { kind: 'replace', before: ada, address: cid }).addresses).toEqual([bob, cid])
  expect(changeBook([bob], { kind: 'remove', before: ada }).addresses).toEqual([bob])
})

test('an address that is sent again after a lost response is in the book once', () => {
  expect(changeBook([ada, bob], { kind: 'add', address: ada })).toEqual({ addresses: [ada, bob], position: 0 })
  const again = { kind: 'replace', before: cid, address: bob } as const
  expect(changeBook([ada, bob], again)).toEqual({ addresses: [ada, bob], position: 1 })
})

test('the address that is edited stays the same one when another tab changes the book', () => {
  const [, edited] = rowsOf([ada, bob, cid])
  expect(edited!.address).toEqual(bob)
  const shownWith = (book: Parameters<typeof rowsOf>[0]) => rowsOf(book, edited).map((row) => row.address)
  expect(rowsOf([bob, cid], edited).findIndex(({ key }) => key === edited!.key)).toBe(0)
  // It was removed: the form stays, and saves it again.
  expect(shownWith([ada, cid])).toEqual([ada, cid, bob])
  expect(shownWith([])).toEqual([bob])
})

test('equal addresses have rows of their own', () => {
  expect(new Set(rowsOf([ada, bob, ada]).map(({ key }) => key)).size).toBe(3)
})

test('of two equal addresses one is removed', () => {
  expect(changeBook([ada, ada], { kind: 'remove', before: ada }).addresses).toEqual([ada])
})

describe('an address that is saved', () => {
  /** An API whose customer has a book. */
  function apiWith(addresses: object[]) {
    const stored: object[] = []
    const resultOf = (data: object) => Promise.resolve({ data, response: new Response() })
    const api = {
      GET: () => resultOf({ addresses }),
      PATCH: (_: string, { body }: { body: object }) => resultOf((stored.push(body), body)),
    }
    return { api: api as unknown as Api, stored }
  }

  test('is added to the book as it is now', async () => {
    const { api, stored } = apiWith([ada, bob])
    expect(await saveAddress(api, cid)).toEqual({ addresses: [ada, bob, cid] })
    expect(stored).toEqual([{ addresses: [ada, bob, cid] }])
  })

  test.each([
    ['the book has already', [ada, cid]],
    ['has no room', Array.from({ length: maxAddresses }, () => ada)],
  ])('changes nothing if it is one that %s', async (_, book) => {
    const { api, stored } = apiWith(book)
    expect(await saveAddress(api, cid)).toEqual({ addresses: book })
    expect(stored).toEqual([])
  })
})
