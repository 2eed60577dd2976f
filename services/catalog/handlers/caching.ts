/** Anybody may keep what the catalogue answers for half a minute; prices are decided when an order is placed. */
export const briefly = { 'cache-control': 'public, max-age=30' }
