import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export const algorithm = 'AWS4-HMAC-SHA256'

/** The credential of a signature, `<access key id>/<date>/<region>/<service>/aws4_request`: its key is derived from it. */
export interface Credential {
  readonly accessKeyId: string
  /** `YYYYMMDD` */
  readonly date: string
  readonly region: string
  readonly service: string
}

export function parseCredential(text: string | undefined): Credential | undefined {
  const [accessKeyId, date, region, service, end] = text?.split('/') ?? []
  return accessKeyId && date && region && service && end === 'aws4_request'
    ? { accessKeyId, date, region, service }
    : undefined
}

export const scope = ({ date, region, service }: Credential) => `${date}/${region}/${service}/aws4_request`

/** Caches derived keys: one is valid for a day and a service, and deriving it on every call would cost four HMACs. */
export class SigningKeys {
  readonly #cache = new Map<string, Buffer>()

  /** @returns the signature of `text` in hex */
  sign(secret: string, credential: Credential, text: string): string {
    return createHmac('sha256', this.#derive(secret, credential)).update(text).digest('hex')
  }

  #derive(secret: string, credential: Credential): Buffer {
    const id = `${credential.accessKeyId}/${scope(credential)}`
    let key = this.#cache.get(id)
    if (!key) {
      if (this.#cache.size > 1000) this.#cache.clear()
      const { date, region, service } = credential
      key = [date, region, service, 'aws4_request'].reduce<Buffer>(hmacBytes, Buffer.from(`AWS4${secret}`))
      this.#cache.set(id, key)
    }
    return key
  }
}

const hmacBytes = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** Compares hashes of the texts, since timingSafeEqual requires equal lengths. */
export const equal = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))
const digest = (text: string) => createHash('sha256').update(text).digest()
