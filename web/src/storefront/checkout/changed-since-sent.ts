import { tabStorage } from '../../browser-storage.ts'

const key = 'cartwheel.changed-since-sent'

/**
 * The customer changed the cart or the checkout, and this tab noticed. An order that was sent before, and whose response is not
 * known, may no longer be what they want: it is not sent again by itself.
 */
export const noteChange = (): void => tabStorage.setItem(key, 'true')

export const noteSending = (): void => tabStorage.removeItem(key)

export const isChangedSinceSent = (): boolean => tabStorage.getItem(key) !== null
