import { createTestTable } from '#test/support/table.ts'
import { cartsContract } from '../ports.contract.ts'
import { cartTable } from './cart-table.ts'

describe('carts in the table', () => {
  cartsContract(async () => cartTable(await createTestTable()))
})
