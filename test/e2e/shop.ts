import { readDeployment } from '#scripts/lib/deployment.ts'
import { shopOf } from '#test/support/shop.ts'

/** The deployment under test, set by scripts/commands/test-e2e.ts. */
export const {
  deployment,
  api,
  staffToken,
  orderOf,
  newCustomer,
  sharedCustomer,
  placeOrder,
  setStock,
  stockOf,
  skuOf,
  decided,
} = shopOf(readDeployment(process.env['CARTWHEEL_OUTPUTS'] ?? 'CARTWHEEL_OUTPUTS'))
