import type { Address, Carrier } from './ports.ts'

const address: Address = { name: 'Ada', line1: '1 Lane', city: 'Cork', country: 'IE' }
const request = (reference: string) => ({ reference, address, orderType: 'standard' as const })

/** The contract of every adapter of a carrier. `arrive` lets the parcels that were created arrive. */
export function carrierContract(create: () => Promise<{ carrier: Carrier; arrive: () => void }>) {
  test('a parcel is in transit and then delivered', async () => {
    const { carrier, arrive } = await create()
    expect(await carrier.track('ord_1')).toBe('absent')
    await carrier.create(request('ord_1'))
    expect(await carrier.track('ord_1')).toBe('in-transit')
    arrive()
    expect(await carrier.track('ord_1')).toBe('delivered')
  })

  test('a repeated call creates one parcel, and other references have others', async () => {
    const { carrier, arrive } = await create()
    const first = await carrier.create(request('ord_1'))
    arrive()
    expect(await carrier.create(request('ord_1'))).toEqual(first)
    expect(await carrier.track('ord_1')).toBe('delivered')
    expect(await carrier.create(request('ord_2'))).not.toEqual(first)
  })

  test('a void parcel is never delivered, and voiding can be repeated', async () => {
    const { carrier, arrive } = await create()
    await carrier.void('ord_1')
    expect(await carrier.track('ord_1')).toBe('absent')
    await carrier.create(request('ord_1'))
    for (let call = 0; call < 2; call += 1) await carrier.void('ord_1')
    await carrier.create(request('ord_1'))
    arrive()
    expect(await carrier.track('ord_1')).toBe('void')
  })
}
