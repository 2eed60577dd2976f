import { Route, Switch } from 'wouter'
import { ChangeDiscountPage, NewDiscountPage } from './discount-page.tsx'
import { DiscountList } from './discount-list.tsx'
import './discounts.css'

export default function DiscountsArea() {
  return (
    <Switch>
      <Route path="/" component={DiscountList} />
      <Route path="/new" component={NewDiscountPage} />
      {/* Below a path of its own: a code may be `new`. */}
      <Route path="/codes/:code">{({ code }) => <ChangeDiscountPage key={code} code={code} />}</Route>
    </Switch>
  )
}
