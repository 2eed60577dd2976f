/**
 * The methods of the payment provider's sandbox, which needs no card. With another provider, its own element in the page
 * makes the token: card numbers never pass through the shop.
 */
export const paymentMethods = [
  { token: 'tok_ok', label: 'Test card: accepted', hint: 'The order is paid and shipped.' },
  { token: 'tok_declined', label: 'Test card: declined', hint: 'The order ends without a payment.' },
  {
    token: 'tok_insufficient_funds',
    label: 'Test card: not enough money',
    hint: 'The order ends without a payment, for another reason.',
  },
  {
    token: 'tok_timeout_then_ok',
    label: 'Test card: the bank is slow',
    hint: 'The first attempt gets no response, the next one succeeds.',
  },
  {
    token: 'tok_timeout_after_charge',
    label: 'Test card: the bank’s response is lost',
    hint: 'The card is charged once, although no response arrives.',
  },
] as const
