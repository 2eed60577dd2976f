/** Why what was uploaded becomes no thumbnails. `empty` files are broken ones; no form lets them in. */
export const rejectionReasons = ['unsupported-type', 'too-many-bytes', 'too-many-pixels', 'corrupt'] as const
export type RejectionReason = (typeof rejectionReasons)[number]
