/** The table keys of uploads, and of the catalogue's products, which one function may read. */
export const uploadKey = (uploadId: string) => ({ PK: `UPLOAD#${uploadId}`, SK: 'UPLOAD' })

/** A product's id is its SKU in lower case. */
export const productKeyOfId = (productId: string) => ({ PK: `PRODUCT#${productId.toUpperCase()}`, SK: 'PRODUCT' })
