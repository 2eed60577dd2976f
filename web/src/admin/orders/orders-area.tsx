import { Route, Switch } from 'wouter'
import { OrderList } from './order-list.tsx'
import { OrderPage } from './order-page.tsx'
import './orders.css'

export default function OrdersArea() {
  return (
    <Switch>
      <Route path="/" component={OrderList} />
      <Route path="/:orderId">{({ orderId }) => <OrderPage key={orderId} orderId={orderId} />}</Route>
    </Switch>
  )
}
