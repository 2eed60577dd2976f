import { MemoryStorage, storageOf } from './browser-storage.ts'

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
