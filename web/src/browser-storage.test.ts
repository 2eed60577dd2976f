import { draftKey, forgetDrafts, MemoryStorage, storageOf } from './browser-storage.ts'

test('a browser that blocks the data of sites gets a memory instead', () => {
  const blocked = {
    get localStorage(): Storage {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    },
  }
  const storage = storageOf(blocked, 'localStorage')
  storage.setItem('cart', '1')
  expect(storage.getItem('cart')).toBe('1')
  storage.removeItem('cart')
  expect(storage.getItem('cart')).toBeNull()
  expect(storage.length).toBe(0)
})

test('others keep their own', () => {
  const localStorage = new MemoryStorage()
  expect(storageOf({ localStorage }, 'localStorage')).toBe(localStorage)
})

test('a customer who signs out leaves no drafts', () => {
  const storage = new MemoryStorage()
  const [mine, other] = [draftKey('ada', 'return/1'), draftKey('bob', 'return/2')]
  for (const name of [mine, draftKey('ada', 'address/new'), other, 'session']) storage.setItem(name, 'typed')
  forgetDrafts('ada', storage)
  expect([storage.length, storage.getItem(mine), storage.getItem(other)]).toEqual([2, null, 'typed'])
})
