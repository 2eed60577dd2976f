import { createTestTable } from '#test/support/table.ts'
import { pending, ready, settled, skusContract, uploadsContract } from '../ports.contract.ts'
import { productTable } from './product-table.ts'
import { uploadTable } from './upload-table.ts'

describe('uploads in the table', () => {
  uploadsContract(async () => uploadTable(await createTestTable()))

  test('a pending upload expires; its outcome and its event are one write', async () => {
    const table = await createTestTable()
    const uploads = uploadTable(table)
    const upload = pending()
    await uploads.create(upload)
    expect(await table.items()).toMatchObject([{ expiresAt: upload.expiresAt }])
    const [end, event] = settled(upload, ready)
    await uploads.settle(end, event)
    const [item] = await table.items()
    expect(item).not.toHaveProperty('expiresAt')
    expect(item!['events']).toEqual([event])
    expect(table.calls('UpdateItem')).toBe(1)
  })

  test('a read is consistent: a client may read right after creating the upload', async () => {
    const table = await createTestTable()
    await uploadTable(table).find('upl_1')
    expect(table.requests('GetItem')).toMatchObject([{ ConsistentRead: true }])
  })

  test('reading a malformed item throws', async () => {
    const table = await createTestTable()
    await table.put({ PK: 'UPLOAD#upl_1', SK: 'UPLOAD', status: 'PENDING' })
    await expect(uploadTable(table).find('upl_1')).rejects.toThrow()
  })
})

describe('the SKUs of products in the table', () => {
  test('a read is consistent: a product may have been created just before', async () => {
    const table = await createTestTable()
    await productTable(table).skuOf('mug-1')
    expect(table.requests('GetItem')).toMatchObject([{ ConsistentRead: true }])
  })

  skusContract(async () => {
    const table = await createTestTable()
    return {
      products: productTable(table),
      addProduct: ({ productId, sku }) => table.put({ PK: `PRODUCT#${sku}`, SK: 'PRODUCT', productId, sku }),
    }
  })
})
